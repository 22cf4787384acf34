# Values: what the state can hold, and words for what it cannot.

MAX_DEPTH = 60  # JSON readers stop at 128


def refuse(value, where, depth=0):
    """Raises TypeError or ValueError if the state cannot hold `value` and give it back equal."""
    kind = type(value)
    if value is None or kind is bool:
        return
    if depth > MAX_DEPTH:
        raise ValueError(f"{where} is nested more than {MAX_DEPTH} levels deep (or contains itself)")
    if kind is str:
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"{where} is text that is not valid Unicode (a lone surrogate)") from None
    elif kind is int:
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"{where} is a number of more than 64 bits; keep it as text: str(...)")
    elif kind is float:
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError(f"{where} is {value}, which the state cannot hold")
    elif kind is list:
        for index, item in enumerate(value):
            refuse(item, f"{where}[{index}]", depth + 1)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"{where} has the key {key!r} of type {kind_of(key)}; keys must be str")
            refuse(item, f"{where}[{key!r}]", depth + 1)
    else:
        raise TypeError(
            f"{where} cannot hold a value of type {kind_of(value)}; {advice(value)}"
        )


def kind_of(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def advice(value):
    for base, words in (
        (tuple, "use list(...)"),
        ((set, frozenset), "use sorted(...)"),
        ((bytes, bytearray), "decode it, or use base64"),
        (dict, "use dict(...)"),
        (list, "use list(...)"),
        (str, "use str(...)"),
        (int, "use int(...)"),
        (float, "use float(...)"),
        (os.PathLike, "use str(...)"),
    ):
        if isinstance(value, base):
            return words
    if hasattr(value, "isoformat"):
        return "use .isoformat()"
    return "it holds None, bool, int, float, str, list and dict"
