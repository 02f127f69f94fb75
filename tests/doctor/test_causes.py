"""The catalogue of causes holds every cause once, in words for people."""

import re

from cnnstudio.doctor.causes import causes
from cnnstudio.doctor.rules.registry import STATIC, TRAIN
from cnnstudio.doctor.static import RULE_FILES
from cnnstudio.doctor.suspects import CLEARED

COUNTS = {"D": 10, "P": 10, "A": 10, "L": 8, "I": 4, "O": 11, "R": 6, "M": 8}
GROUPS = {
    "D": "data",
    "P": "pipeline",
    "A": "architecture",
    "L": "loss",
    "I": "initialization",
    "O": "optimization",
    "R": "regularization",
    "M": "measurement",
}


def test_all_67_causes_are_there_and_in_their_groups() -> None:
    expected = [f"{letter}{n}" for letter, most in COUNTS.items() for n in range(1, most + 1)]
    assert sorted(causes()) == sorted(expected)
    assert len(causes()) == 67
    assert all(cause.group == GROUPS[identity[0]] for identity, cause in causes().items())


def test_titles_differ_and_sentences_are_sentences() -> None:
    titles = [cause.title for cause in causes().values()]
    assert len(set(titles)) == len(titles)
    for cause in causes().values():
        assert cause.moments, cause.id
        assert not cause.title.endswith("."), cause.id
        assert cause.meaning.endswith("."), cause.id
        assert cause.advice.endswith("."), cause.id
        assert re.match(r"[A-Z0-9]", cause.meaning), cause.id


def test_every_rule_reveals_a_cause_of_the_catalogue() -> None:
    assert RULE_FILES
    known = set(causes())
    assert set(STATIC) <= known
    assert set(TRAIN) <= known
    assert {cause for cleared in CLEARED.values() for cause in cleared} <= known
    assert len(STATIC) >= 30
