"""Names in the order people expect, and how fast ways to it end in the same one."""

from hypothesis import example, given
from hypothesis import strategies as st

from cnnstudio.data.names import natural_key, natural_sorted

# What meets at the borders of numbers: digits, cases, characters below and above them, odd ones.
odd = st.text(alphabet="01279aAbBß-_ ./\0\x01٣²ſİ🐈\udcff", max_size=12)
numbered = st.builds(
    "{}{}{}{}".format, odd, st.integers(0, 10**6), odd, st.sampled_from(["", "07", "7", ".png"])
)


@given(st.lists(st.one_of(odd, numbered, st.text(max_size=6)), max_size=40))
@example(["a2", "a10", "a", "a-b", "A2", "a02", "a\x01"])
@example(["3.png", "12.png", "x.png", ".png", "003.png"])
@example(["p" + "9" * 60 + ".png", "p1.png", "p" + "9" * 40 + ".png"])
@example(["a/1", "a/01", "a"])
@example([])
def test_many_names_are_sorted_as_one_by_one(names: list[str]) -> None:
    assert natural_sorted(names) == sorted(names, key=natural_key)
    assert natural_sorted(reversed(names)) == natural_sorted(names)
