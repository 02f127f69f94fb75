"""The words of the preview's warnings."""

from cnnstudio.augment.damage import Damage
from cnnstudio.augment.lookalikes import Doubt, Turn
from cnnstudio.gui.augmentation.cautions import Caution, cautions, explanation, summary


def test_an_ordinary_draw_deserves_no_warning() -> None:
    assert cautions(Damage(0.1, 0.8, 0.05, 40.0, 50.0)) == ()


def test_each_harm_has_its_words_and_the_gravest_comes_first() -> None:
    found = cautions(Damage(0.61, 0.1, 0.3, 2.0, 50.0))
    assert [caution.words for caution in found] == ["nearly blank", "fill 61 %", "clipped 30 %"]
    assert "from 50 to 2 grey levels" in found[0].sentence


def test_a_small_part_of_the_image_is_told_unless_the_fill_says_it_already() -> None:
    (found,) = cautions(Damage(0.0, 0.12))
    assert (found.kind, found.words) == ("seen", "shows 12 %")
    assert summary([(found,), ()], "draws") == "1 of 2 draws: only 12 % of the image shown"
    assert [caution.kind for caution in cautions(Damage(0.9, 0.1))] == ["fill"]


def test_a_label_in_doubt_names_the_class_that_it_may_be_taken_for() -> None:
    (found,) = cautions(Damage(), Doubt("6", Turn(False, 172.0), "9"))
    assert found.words == "6 → 9?"
    assert found.sentence == "Turned by 172°, “6” may look like “9”; the label stays."
    (found,) = cautions(Damage(), Doubt("4", Turn(True, 0.0)))
    assert found.words == "still a 4?"
    assert found.sentence.startswith("Mirrored, a “4” may be no “4” any more")


def test_the_line_counts_draws_and_tells_the_worst_of_each_kind() -> None:
    fill = [Caution("fill", "", "", share) for share in (0.5, 0.72)]
    clipped, blank = Caution("clipped", "", "", 0.31), Caution("blank", "", "")
    assert summary([(), ()], "draws") == ""
    assert summary([(), (fill[0],)], "draws") == "1 of 2 draws: fill 50 %"
    assert (
        summary([(fill[0], clipped), (fill[1],), (), (blank,)], "ends")
        == "3 of 4 ends: 1 nearly blank, fill up to 72 %, clipped 31 %"
    )
    label = Caution("label", "6 → 9?", "")
    assert summary([(label,), (label,), ()], "draws") == "2 of 3 draws: label in doubt"
    assert (
        summary([(label,), (label,), (blank,)], "draws")
        == "3 of 3 draws: 2 labels in doubt, 1 nearly blank"
    )


def test_the_thresholds_are_explained_with_their_numbers() -> None:
    words = explanation()
    for number in ("40 %", "20 %", "25 %", "8 of 255"):
        assert number in words
