"""Arithmetic in a text, evaluated without running any code of it. Pure."""

import ast
import operator
import re
from collections.abc import Callable

LONGEST = 200  # characters of an expression
LARGEST = 10**15  # bases and exponents are bounded, so that nobody can keep the server busy
_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "^": "**", "(": "(", ")": ")", ",": ""})
# A number, an operator, and more: `2+2`, `(1 + 2) * 3`, `3 × 4`.
_EXPRESSION = re.compile(r"[-−(\s(]*\d[\d.,\s]*(?:[-+*/%^×÷−()()\s]+[\d.,\s]*)*[)\d)]?")

_ASKED = re.compile(r"what(?:'s| is)|how much|comput|calculat|=|等于|计算|多少|算", re.I)


def find(text: str) -> str | None:
    """The arithmetic that a text asks for, as it stands there; None where there is none. A number
    of a telephone is none."""
    asked = _ASKED.search(text) is not None
    for found in _EXPRESSION.finditer(text[: 5 * LONGEST]):
        expression = found.group().strip(" ,.\n\t")
        wanted = asked or 2 * len(expression) >= len(text.strip())
        if wanted and len(expression) <= LONGEST and evaluate(expression) is not None:
            return expression
    return None


def evaluate(expression: str) -> str | None:
    """What arithmetic amounts to, as text; None where it is none, or cannot be computed."""
    try:
        tree = ast.parse(expression.translate(_SIGNS).strip(), mode="eval").body
        if not isinstance(tree, ast.BinOp):
            return None
        return _shown(_value(tree))
    except (SyntaxError, ValueError, ArithmeticError, MemoryError, RecursionError):
        return None


def _value(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _result(type(sign), _value(left), _value(right))
    raise ValueError("no arithmetic")


def _result(sign: type[ast.AST], left: float, right: float) -> float:
    if sign is ast.Pow and (abs(left) > LARGEST or abs(right) > 100):
        raise ValueError("too large")
    value = _OPERATORS[sign](left, right)
    if isinstance(value, complex) or not abs(value) < 1e300:
        raise ValueError("too large")
    return value


def _shown(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST:
        value = int(value)
    return str(value) if isinstance(value, int) else f"{value:.12g}"
