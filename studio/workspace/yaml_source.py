"""Reads YAML into a Source: scalars stay as written, so no value turns into a float, a date or a yes by itself."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from studio.i18n import _
from studio.model.problem import Problem
from studio.workspace.source import MAX_DEPTH, MAX_NODES, Place, Scalar, ScalarKind, Source, TreePath, shown

_KINDS: dict[str, ScalarKind] = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:float": "number",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "time",
    "tag:yaml.org,2002:merge": "text",
    "tag:yaml.org,2002:value": "text",
}
_COLLECTIONS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def parse_yaml(file: str, text: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """What a YAML text says; a syntax error ends the reading, a duplicate key does not."""
    try:
        node = _compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        return None, (Problem(file, line, column, *_in_plain_words(error)),)
    except RecursionError:
        return None, (Problem(file, 0, 0, *_too_nested()),)
    except Exception as error:  # the parser also lets its own slips (KeyError, ValueError, …) out on hostile bytes
        what = _("this is not readable as YAML ({detail})").format(detail=shown(type(error).__name__))
        return None, (Problem(file, 0, 0, what, _("check indentation, colons, quotes and brackets")),)
    if node is None:
        return None, (Problem(file, 0, 0, _("the file is empty"), _("fill it in, or delete it")),)
    growing = _Growing(file)
    tree = growing.grow(node, ())
    if growing.too_much:
        return None, (Problem(file, 0, 0, *_too_nested()),)
    return Source(file, tree, growing.places), tuple(growing.problems)


def _compose(text: str) -> Node | None:
    yaml = YAML(typ="rt", pure=True)
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    node: Node | None = yaml.compose(text)
    return node


class _Growing:
    """One walk from nodes to a tree; counts what it unfolds, since ten aliases can stand for a billion values."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[TreePath, Place] = {}
        self.problems: list[Problem] = []
        self.count = 0
        self.depth = 0

    def grow(self, node: Node, path: TreePath, key: tuple[int, int] | None = None) -> Any:
        """The tree of ``node``; ``key`` is where its key or dash stands."""
        self.count += 1
        self.depth = max(self.depth, len(path))
        if self.too_much:
            return Scalar("", "nothing")
        value = (node.start_mark.line + 1, node.start_mark.column + 1)
        tag = str(node.ctag)
        if isinstance(node, ScalarNode):
            if not node.value and node.style is None:
                value = key or value  # an empty value has no place of its own: the parser names the next line
            self.places[path] = Place(value, key or value)
            if tag not in _KINDS:
                self._tagged(value, tag)
            return Scalar(node.value, "text" if node.style else _KINDS.get(tag, "text"))
        self.places[path] = Place(value, key or value)
        if tag not in _COLLECTIONS:
            self._tagged(value, tag)
        if isinstance(node, SequenceNode):
            return [self.grow(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._mapping(node.value, path)

    @property
    def too_much(self) -> bool:
        """True once the tree is deeper or wider than any file a person writes; it is not grown further then."""
        return self.count > MAX_NODES or self.depth > MAX_DEPTH

    def _mapping(self, pairs: list[tuple[Node, Node]], path: TreePath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in pairs:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if not isinstance(key_node, ScalarNode):
                what = _("a list or a mapping stands where a key is expected")
                self.problems.append(Problem(self.file, line, column, what, _("write a plain word before the colon")))
                continue
            name = key_node.value
            if name in found:
                what = _("the key “{key}” stands here twice, first in line {line}").format(
                    key=shown(name), line=lines[name]
                )
                self.problems.append(Problem(self.file, line, column, what, _("keep one of the two")))
                continue
            lines[name] = line
            found[name] = self.grow(value_node, (*path, name), (line, column))
        return found

    def _tagged(self, place: tuple[int, int], tag: str) -> None:
        what = _("the tag “{tag}” has no meaning here").format(tag=shown(tag))
        self.problems.append(Problem(self.file, *place, what, _("delete the tag")))


def _too_nested() -> tuple[str, str]:
    return (
        _("the file is nested too deep or unfolds to too many values"),
        _("write it without references (& and *) and with few levels"),
    )


def _in_plain_words(error: MarkedYAMLError) -> tuple[str, str]:
    problem, context = error.problem or "", error.context or ""
    if "maximum depth" in problem:
        return _too_nested()
    if "'\\t'" in problem:
        return _("a tab stands where blanks are expected"), _("indent with blanks, two a level")
    if "character" in problem and "cannot start any token" in problem:
        return _("a value cannot begin with this character"), _("put the value in quotes")
    if "mapping values are not allowed" in problem:
        return _("a colon or an indentation is not understood here"), _(
            "align the line with the ones above it, or put a value that holds a colon in quotes"
        )
    if "single document" in context or "single document" in problem:
        return _("the file holds a second document"), _("delete the line --- and what follows it, or move it out")
    if "undefined alias" in problem:
        return _("a reference names nothing in this file"), _("write the value out, or put it in quotes")
    if "quoted scalar" in context:
        return _("a quoted text does not end, or a backslash in it is not understood"), _(
            "close the quotes, and write a backslash only inside single quotes"
        )
    if "flow" in context:
        return _("a bracket is not closed or a comma is missing"), _("close the bracket and part the values by commas")
    if "block" in context or "simple key" in context:
        return _("the indentation or a colon is wrong here"), _(
            "align this line with its neighbours and write a blank after each colon and dash"
        )
    return _("this is not readable as YAML ({detail})").format(detail=shown(problem)), _(
        "check indentation, colons, quotes and brackets"
    )
