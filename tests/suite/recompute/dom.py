"""The page as a tree, of which every piece of text with a digit in it must be asked for."""
import html.parser
import re

VOID = {"meta", "link", "input", "br", "wbr", "hr", "img"}


class Node:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.kids, self.seen = [], False

    def all(self, tag=None, **wanted):
        wanted = {k.rstrip("_"): v for k, v in wanted.items()}
        for kid in self.kids:
            if tag in (None, kid.tag) and all(kid.attributes.get(k) == v for k, v in wanted.items()):
                yield kid
            yield from kid.all(tag, **wanted)

    def one(self, tag=None, **wanted):
        found = list(self.all(tag, **wanted))
        assert len(found) == 1, (tag, wanted, len(found))
        return found[0]

    def first(self, tag=None, **wanted):
        return next(self.all(tag, **wanted))

    def has(self, tag=None, **wanted):
        return next(self.all(tag, **wanted), None)

    def texts(self):
        if self.tag == "#text":
            yield self
        for kid in self.kids:
            yield from kid.texts()

    def text(self):
        return re.sub(r"\s+", " ", "".join(t.attributes["text"] for t in self.texts()).replace("\xa0", " ")).strip()

    def mark(self):
        for text in self.texts():
            text.seen = True


class Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Node("root", {}, None)

    def handle_starttag(self, tag, attributes):
        node = Node(tag, dict(attributes), self.at)
        self.at.kids.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attributes):
        self.at.kids.append(Node(tag, dict(attributes), self.at))

    def handle_endtag(self, tag):
        at = self.at
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and tag not in VOID:
            self.at = at.parent

    def handle_data(self, text):
        self.at.kids.append(Node("#text", {"text": text}, self.at))


class Page:
    def __init__(self, path):
        parser = Parser()
        parser.feed(open(path, encoding="utf-8").read())
        self.root, self.said, self.checked = parser.root, set(), 0

    def is_(self, node, expected):
        """The node says this and nothing else."""
        assert node.text() == expected, f"the page says\n  {node.text()}\nand it should be\n  {expected}"
        node.mark()
        self.said.add(expected)
        self.checked += 1

    def table(self, table, expected):
        """The body of a table, row by row, cell by cell."""
        rows = [[c for c in row.kids if c.tag in ("td", "th")] for row in table.one("tbody").kids if row.tag == "tr"]
        assert len(rows) == len(expected), (len(rows), len(expected), rows and [c.text() for c in rows[0]], expected[:1])
        for cells, texts in zip(rows, expected):
            texts = [t for t in texts if t is not None]
            assert len(cells) == len(texts), ([c.text() for c in cells], texts)
            for cell, text in zip(cells, texts):
                # What is not asked for must have no digit in it: that is seen at the end.
                if text is not ...:
                    self.is_(cell, text)

    def unchecked(self):
        """All text with a digit that nobody has asked for."""
        left = []
        for text in self.root.texts():
            inside, at = set(), text.parent
            while at is not None:
                inside.add(at.tag)
                at = at.parent
            if not text.seen and re.search(r"\d", text.attributes["text"]) and not inside & {"style", "script", "svg"}:
                left.append(text.attributes["text"].strip())
        return left
