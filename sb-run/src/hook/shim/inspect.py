"""Reads a benchmark file without executing it, and prints what is in it as JSON."""

import ast
import importlib.util
import json
import os
import re
import sys

HOOKS = ("prepare", "invoke", "collect", "cleanup")


def problem(node):
    """Why this top-level definition cannot be called with a spec, if so."""
    if isinstance(node, ast.Assign):
        constant = isinstance(node.value, (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.JoinedStr))
        return f"is not a function (line {node.lineno})" if constant else None
    if isinstance(node, ast.AsyncFunctionDef):
        return f"is async, which hooks cannot be: def (line {node.lineno})"
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return None
    args = node.args
    most = len(args.posonlyargs) + len(args.args)
    least = most - len(args.defaults)
    if least <= 1 and (most >= 1 or args.vararg):
        return None
    return f"takes {most} arguments, but is called with one: def {node.name}(spec) (line {node.lineno})"


def is_there(module, folder):
    """Whether a module could be imported."""
    name = module.split(".")[0]
    if name in sys.builtin_module_names or name in ("sb", "__future__"):
        return True
    if os.path.exists(os.path.join(folder, name + ".py")) or os.path.isdir(os.path.join(folder, name)):
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def imports(tree, folder):
    """Modules that are imported whatever happens and are not there."""
    missing = []
    for node in tree.body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        missing += [[name, node.lineno] for name in names if not is_there(name, folder)]
    return missing


def sets(tree):
    """The keys in `spec['key'] = ...`, anywhere."""
    keys = set()
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        for target in targets if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) else []:
            if isinstance(target, ast.Subscript):
                index = getattr(target.slice, "value", target.slice)  # Python 3.8 has ast.Index
                index = getattr(index, "value", index)
                if isinstance(index, str):
                    keys.add(index)
    return sorted(keys)


def main(file):
    with open(file, "rb") as stream:
        source = stream.read()
    found = {"python": "%d.%d.%d" % sys.version_info[:3], "hooks": {}, "missing": [], "sets": [],
             "calls": [], "config": None, "config_type": None, "config_line": None,
             "syntax": None, "plain": True}
    try:
        tree = ast.parse(source, file)
    except (SyntaxError, ValueError) as error:
        found["syntax"] = [getattr(error, "lineno", None), getattr(error, "msg", None) or str(error)]
        return found
    folder = os.path.dirname(os.path.abspath(file))
    found["missing"] = imports(tree, folder)
    found["sets"] = sets(tree)
    found["calls"] = sorted({
        node.func.attr for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    })
    for node in tree.body:
        names = [node.name] if hasattr(node, "name") else [
            target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)
        ]
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.asname or alias.name for alias in node.names]
            found["plain"] = found["plain"] and "*" not in names
        for name in names:
            if name in HOOKS:
                words = problem(node)
                found["hooks"][name] = None if words is None else f"{name} {words}"
            if name == "BENCHMARK_CONFIG":
                value = getattr(node, "value", None)
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found["config"], found["config_type"] = value.value, "str"
                    text = source.decode("utf-8", "replace")
                    start = re.search(r"^BENCHMARK_CONFIG\b[^\"'\n]*", text, re.MULTILINE)
                    found["config_line"] = text.count("\n", 0, start.end()) + 1 if start else node.lineno
                elif isinstance(value, (ast.Constant, ast.Dict, ast.List)):
                    found["config_type"] = type(ast.literal_eval(value)).__name__ if not isinstance(value, ast.Dict) else "dict"
                    found["config_line"] = node.lineno
                else:
                    found["plain"] = False
    if not all(isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr,
                                 ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass))
               for node in tree.body):
        # if, try, with, for ...: what is defined in them is known only once it is executed.
        text = source.decode("utf-8", "replace")
        hidden = [n for n in HOOKS[:2] + HOOKS[3:] if n not in found["hooks"]]
        if any(re.search(rf"^\s+(async )?(def {n}\b|{n}\s*=)", text, re.MULTILINE) for n in hidden):
            found["plain"] = False
    return found


print(json.dumps(main(sys.argv[1])))
