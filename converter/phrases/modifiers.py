"""Modifiers before a Korean head, and what they become as nouns or before one another."""

from __future__ import annotations

import re

from converter.phrases.literals import Item

_NOMINAL = dict(
    pair.split(":")
    for pair in (
        *("한:함", "된:됨", "은:음", "큰:큼", "긴:긺", "른:름", "인:임", "는:음", "진:짐", "린:림"),
        *("난:남", "운:움", "온:옴", "친:침", "킨:킴", "든:듦", "찬:참"),
    )
)
"""The last syllable of a modifier and what it becomes in a noun of report style."""
_SHORT = dict(
    pair.split(":")
    for pair in (
        "나는:남",
        "되는:됨",
        "하는:함",
        "이는:임",
        "지는:짐",
        "리는:림",
        "가는:감",
        "오는:옴",
        "키는:킴",
    )
)
_CONNECTIVE = {"한": "하고", "은": "고", "큰": "크고", "긴": "길고", "른": "르고", "인": "이고"}
_JOINED = {**_CONNECTIVE, "된": "되고", "진": "지고", "는": "고", "린": "리고", "난": "나고", "찬": "차고"}
"""Before "and" participles connect as well: 비후되고."""
_VERBAL = (*_JOINED, "운", "온", "친", "든")


class UnreadableError(Exception):
    """A phrase whose structure the grammar does not cover."""


def nominal(text: str) -> str:
    """Turn a modifier into a noun of report style: 불규칙한 -> 불규칙함, 경도의 -> 경도."""
    if text.endswith("의"):
        return text[:-1]
    if text[-2:] in _SHORT:
        return text[:-2] + _SHORT[text[-2:]]
    return text[:-1] + _NOMINAL[text[-1]] if text[-1:] in _NOMINAL and not text.endswith("후") else text


def ends_verbal(korean: str) -> bool:
    """Tell whether a modifier is a verbal form, such as 명확한."""
    return korean.endswith(_VERBAL)


def as_nouns(run: list[Item]) -> str:
    """Write conjoined modifiers as nouns: 불규칙함 및 비후."""
    words = []
    for item in run:
        if item.role in "vm":
            words.append(item.form if item.role == "v" else nominal(item.ko))
        elif item.role == "a":
            words.append(item.form or item.ko)
        elif item.role == "c":
            words.append(item.ko)
        else:
            raise UnreadableError
    return " ".join(words).replace(" ,", ",")


def modifiers(run: list[Item]) -> str:
    """Write modifiers in their order: adverbs before theirs, 크고 치밀한, 낭성 및 고형."""
    run = [item for item in run if item.ko != ","]
    out: list[str] = []
    skip = after = False
    for index, item in enumerate(run):
        following = run[index + 1] if index + 1 < len(run) else None
        if item.role == "c":
            if not skip:
                out.append(item.ko)
            skip, after = False, skip
        elif item.role == "a":
            verbal = following and following.role in "mv" and following.ko != following.form
            out.append(item.ko if verbal else item.form or item.ko)
        elif item.role in "mv" and following and following.role == "c":
            joined = item.form if item.role == "m" and item.form else _joined(item.ko)
            if following.ko == "또는" and joined.endswith("고"):
                joined = joined[:-1] + "거나"
            noun = index + 2 == len(run) or not ends_verbal(_verbal(run[index + 2].ko))
            skip = joined != item.ko or index + 2 == len(run)
            out.append(item.ko if noun else joined)
        elif item.role == "m" and following and following.role == "m" and following.ko.endswith(_VERBAL):
            out.append(_connective(item))
        elif after or (index and run[index - 1].role == "a" and out[-1] == run[index - 1].ko):
            out.append(_verbal(item.ko))
            after = False
        else:
            out.append(item.ko)
    text = re.sub(r"의 (및|또는) ", r" \1 ", " ".join(out))
    return re.sub(r"성 및 (?=\S+(?:한|은|큰|된|긴) ?)", "성의 ", text)


def _joined(korean: str) -> str:
    """Give the form before "and": 비후된 -> 비후되고."""
    return korean[:-1] + _JOINED[korean[-1]] if korean[-1] in _JOINED else korean


def _verbal(korean: str) -> str:
    """Give a noun that modifies the form an adverb can stand before: 조영증강되는, 석회화된, 낭성인."""
    if korean in ("조영증강", "고리형 조영증강"):
        return korean + "되는"
    if korean.endswith("화"):
        return korean + "된"
    return korean + "인" if korean.endswith(("성", "형", "적")) else korean


def _connective(item: Item) -> str:
    """Give the form before a further verbal modifier: 큰 -> 크고, 치밀한 -> 치밀하고."""
    if item.form:
        return item.form
    ending = _CONNECTIVE.get(item.ko[-1:])
    return item.ko if ending is None else item.ko[:-1] + ending
