"""From a rule's source to its IR. The reading is the syntax check: what is not in the vocabulary is refused.

Source is read rather than the function called with symbols, because a call cannot see `if`, `and` or a float
literal that Python has already evaluated by the time a symbol could object.
"""

from __future__ import annotations

import ast
import linecache
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from doudi.engine.ir import Agg, At, Const, Name, Node, Op, aggregates, put
from doudi.engine.vocabulary import PERSON, Part, Rule


class RuleError(Exception):
    """A rule or rulebook that cannot be loaded; English, for engineers, with file:line where there is one."""


AGGREGATES = ("total", "count", "any_of", "all_of", "largest", "smallest")
CALLS = {
    "where": (3, 3),
    "hi": (2, 99),
    "lo": (2, 99),
    "div_round": (2, 2),
    "div_up": (2, 2),
    "div_down": (2, 2),
    "years": (2, 2),
    "month_diff": (2, 2),
    "is_in": (2, 99),
    "known": (1, 1),
    "value_at": (3, 3),
    **dict.fromkeys(AGGREGATES, (1, 1)),
}
_BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul"}
_COMPARE = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}
_INSTEAD = {
    ast.If: "no if statement: use where(condition, a, b)",
    ast.IfExp: "no `a if c else b`: use where(c, a, b)",
    ast.For: "no loop: use an aggregate such as total(...)",
    ast.While: "no loop: use an aggregate such as total(...)",
    ast.Import: "no import inside a rule",
    ast.ImportFrom: "no import inside a rule",
    ast.Attribute: "no attribute: a rule sees only its parameters",
    ast.Lambda: "no lambda",
    ast.GeneratorExp: "no loop: use an aggregate such as total(...)",
    ast.ListComp: "no loop: use an aggregate such as total(...)",
    ast.Div: "no `/`: name the rounding with div_round, div_up or div_down",
    ast.FloorDiv: "no `//`: name the rounding with div_round, div_up or div_down",
    ast.Mod: "no `%`: name the rounding with div_round, div_up or div_down",
    ast.Assign: "no assignment: make the intermediate a rule of its own",
    ast.NamedExpr: "no assignment: make the intermediate a rule of its own",
    ast.In: 'no `in`: use is_in(x, "A", "B")',
    ast.NotIn: 'no `in`: use not is_in(x, "A", "B")',
    ast.Is: "no `is`: use known(x) to ask whether a fact is known",
    ast.IsNot: "no `is`: use known(x) to ask whether a fact is known",
}


@dataclass(frozen=True)
class Reading:
    """A rule as read: its parameters and its expression; `where` is file:line of the function."""

    parameters: tuple[str, ...]
    expression: Node
    where: str


@lru_cache(maxsize=512)
def _functions(filename: str, text: str) -> dict[int, ast.FunctionDef]:
    # One parse per file: inspect.getsource tokenizes the file anew for every rule, 0.4 s for 150 rules.
    found = {}
    for node in ast.walk(ast.parse(text, filename)):
        if isinstance(node, ast.FunctionDef):
            found[min([node.lineno, *(item.lineno for item in node.decorator_list)])] = node
    return found


def read(rule: Rule) -> Reading:
    """Read one rule, with the parts it calls written into it.

    Raises RuleError naming file:line for anything outside the vocabulary.
    """
    return _Reader(rule).read()


class _Reader:
    def __init__(self, rule: Rule | Part, calling: tuple[Part, ...] = ()) -> None:
        """`calling`: the parts that are being read, each called by the one before it."""
        code = rule.function.__code__
        self.filename, self.rule, self.calling = code.co_filename, rule, calling
        self.named = f"{'part' if isinstance(rule, Part) else 'rule'} {rule.name}"
        text = "".join(linecache.getlines(self.filename, rule.function.__globals__))
        found = _functions(self.filename, text).get(code.co_firstlineno)
        if found is None or found.name != rule.name:
            raise RuleError(
                f"{self.filename}:{code.co_firstlineno}: the source of {self.named} cannot be found"
            )
        self.function = found
        self.used: set[str] = set()
        self.within: str | None = None

    def refuse(self, node: ast.AST, why: str) -> NoReturn:
        line = getattr(node, "lineno", self.function.lineno)
        raise RuleError(f"{self.filename}:{line}: {self.named}: {why}")

    def refuse_node(self, node: ast.AST, at: ast.AST) -> NoReturn:
        self.refuse(at, _INSTEAD.get(type(node), f"{type(node).__name__} is not in the vocabulary"))

    def read(self) -> Reading:
        given = self.function.args
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or given.defaults:
            self.refuse(self.function, "parameters are plain names, without defaults or stars")
        self.parameters = tuple(arg.arg for arg in given.args)
        for name in self.parameters:
            if name in CALLS:
                self.refuse(self.function, f"parameter {name} is a word of the vocabulary")
        expression = self.node(self.body())
        unused = [name for name in self.parameters if name not in self.used]
        if unused:
            self.refuse(self.function, f"parameter {', '.join(unused)} is not used")
        return Reading(self.parameters, expression, f"{self.filename}:{self.function.lineno}")

    def body(self) -> ast.expr:
        if not self.rule.doc:
            self.refuse(self.function, "needs a docstring: receipts quote a rule's")
        match self.function.body:
            case [ast.Expr(), ast.Return(value=ast.expr() as value)]:
                return value
            case [_, statement, *rest]:
                odd = rest[0] if isinstance(statement, ast.Return) and rest else statement
                self.refuse(odd, _INSTEAD.get(type(odd), "the body is a docstring and one return expression"))
        self.refuse(self.function, "the body is a docstring and one return expression")

    def node(self, node: ast.expr) -> Node:
        line = node.lineno
        match node:
            case ast.Constant(value=value) if isinstance(value, int | str):
                return Const(value, line)
            case ast.Constant(value=value):
                self.refuse(node, f"constant {value!r}: only integers, texts, True and False")
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.BinOp(left=left, op=op, right=right):
                if type(op) not in _BINARY:
                    self.refuse_node(op, node)
                return Op(_BINARY[type(op)], (self.node(left), self.node(right)), line)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Op("neg", (self.node(operand),), line)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Op("not", (self.node(operand),), line)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Op(word, tuple(self.node(value) for value in values), line)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                if type(op) not in _COMPARE:
                    self.refuse_node(op, node)
                return Op(_COMPARE[type(op)], (self.node(left), self.node(right)), line)
            case ast.Compare():
                self.refuse(node, "no chained comparison: join two comparisons with `and`")
            case ast.Call(func=ast.Name(id=word)):
                return self.call(node, word)
            case ast.Call(func=func):
                self.refuse_node(func, node)
        self.refuse_node(node, node)

    def name(self, node: ast.expr, name: str) -> Node:
        if name not in self.parameters:
            self.refuse(node, f"unknown name {name}: only parameters and the vocabulary may be used")
        self.used.add(name)
        return Name(name, node.lineno)

    def call(self, node: ast.Call, word: str) -> Node:
        called = self.rule.function.__globals__.get(word)
        if isinstance(called, Part):
            if word in (*CALLS, *self.parameters):
                self.refuse(node, f"part {word} has the name of a parameter or of a word of the vocabulary")
            return self.written_in(node, called)
        if word not in CALLS:
            self.refuse(node, f"{word}(...) is not in the vocabulary")
        least, most = CALLS[word]
        if node.keywords or not least <= len(node.args) <= most:
            self.refuse(
                node, f"{word} takes {least if least == most else f'at least {least}'} plain arguments"
            )
        if word in AGGREGATES:
            return self.aggregate(node, word)
        if word == "value_at":
            return self.value_at(node)
        args = tuple(self.node(arg) for arg in node.args)
        if word == "is_in" and not all(isinstance(arg, Const) for arg in args[1:]):
            self.refuse(node, "is_in compares with constants only")
        return Op(word, args, node.lineno)

    def written_in(self, node: ast.Call, part: Part) -> Node:
        """The part's expression with this call's arguments in the place of its parameters."""
        if part in self.calling:
            path = " calls ".join(one.name for one in (*self.calling, part))
            self.refuse(node, f"a part may not call itself: {path}")
        reading = _Reader(part, (*self.calling, part)).read()
        wanted = reading.parameters
        filled = (*wanted[: len(node.args)], *(word.arg for word in node.keywords))
        values = [*node.args, *(word.value for word in node.keywords)]
        if len(filled) != len(values) or sorted(map(str, filled)) != sorted(wanted):
            self.refuse(node, f"part {part.name} takes {', '.join(wanted) or 'nothing'}, each once")
        given = {str(name): self.node(value) for name, value in zip(filled, values, strict=True)}
        expression = put(reading.expression, given)
        for found in aggregates(expression):
            self.placed(node, found.how)
            for inner in aggregates(found.body):
                self.nested(node, inner.how, found.how)
        return expression

    def nested(self, node: ast.Call, word: str, within: str) -> NoReturn:
        self.refuse(node, f"{word}(...) inside {within}(...): make the inner figure a rule of its own")

    def placed(self, node: ast.Call, word: str) -> None:
        """Refuses an aggregate where there are no persons to go through."""
        if isinstance(self.rule, Rule) and self.rule.entity == PERSON:
            self.refuse(node, f"{word}(...) in a person rule: write a household rule and read its name here")
        if self.within:
            self.nested(node, word, self.within)

    def aggregate(self, node: ast.Call, word: str) -> Node:
        self.placed(node, word)
        self.within = word
        body = self.node(node.args[0])
        self.within = None
        return Agg(word, body, node.lineno)

    def value_at(self, node: ast.Call) -> Node:
        if isinstance(self.rule, Part):
            self.refuse(node, "value_at in a part: a part sees only what it is given, call it in the rule")
        param = node.args[0]
        if not (isinstance(param, ast.Constant) and isinstance(param.value, str)):
            self.refuse(node, "value_at names its parameter as a literal text")
        return At(param.value, self.node(node.args[1]), self.node(node.args[2]), node.lineno)
