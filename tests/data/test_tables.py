"""Tables of images: the columns and the separator are found, mistakes are told with their line."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cnnstudio.data.cache import PixelCache
from cnnstudio.data.detect import source_of
from cnnstudio.data.facts import facts
from cnnstudio.data.index import index
from cnnstudio.data.scanning import scan
from cnnstudio.data.tables import head
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.experiment import Dataset, Split
from cnnstudio.spec.groupings import Column
from cnnstudio.spec.sources import Table

Tree = Callable[[Sequence[str]], Path]
NAMES = [f"all/{n}.png" for n in range(12)]


def written(root: Path, text: str, name: str = "list.csv") -> Path:
    root.mkdir(exist_ok=True)
    (root / name).write_text(text, "utf-8")
    return root / name


def lines(separator: str = ",", header: str = "path,label") -> str:
    rows = [header, *(f"{name},{'cat' if n % 2 else 'dog'}" for n, name in enumerate(NAMES))]
    return "\n".join(rows).replace(",", separator) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_and_the_table_recognized(tree: Tree, separator: str) -> None:
    root = tree(NAMES)
    table = written(root, lines(separator))
    source = source_of(table)
    assert source == Table(path=str(table))
    assert source_of(root) == source  # the one table in a folder without class folders
    found = scan(source)
    assert found.class_names == ("cat", "dog")
    assert [image.key for image in found.images] == NAMES
    assert found.images[3].row == {"path": "all/3.png", "label": "cat"}


def test_split_and_further_columns_are_kept(tree: Tree) -> None:
    root = tree(NAMES)
    parts = ["Train"] * 6 + ["val"] * 3 + ["test"] * 3
    rows = [
        f'{"ab"[n % 2]},"a, quoted",{part},patient {n // 4},./all/{n}.png'
        for n, part in enumerate(parts)
    ]
    table = written(root, "\ufeffClass,Note,Split,Patient,File name\n\n" + "\n".join(rows))
    dataset = Dataset(source=source_of(table), split=Split(validation=0.3, test=0.3))
    found = index(dataset)
    assert found.own_split
    assert facts(dataset, found).own_split
    assert [len(found.part(part)) for part in ("train", "validation", "test")] == [6, 3, 3]
    assert scan(dataset.source).images[4].row == {
        "Class": "a",
        "Note": "a, quoted",
        "Split": "Train",
        "Patient": "patient 1",
        "File name": "./all/4.png",
    }


def test_images_of_one_patient_stay_in_one_part(tree: Tree) -> None:
    root = tree(NAMES)
    rows = "".join(f"{name},{'ab'[n % 2]},p{n // 3}\n" for n, name in enumerate(NAMES))
    split = Split(validation=0.25, test=0.25, group=Column(column="patient"))
    table = written(root, "path,label,patient\n" + rows)
    found = index(Dataset(source=Table(path=str(table)), split=split))
    parts: dict[str, set[str]] = {}
    for sample in found.samples:
        parts.setdefault(f"p{NAMES.index(sample.key) // 3}", set()).add(sample.split)
    assert len(parts) == 4
    assert all(len(part) == 1 for part in parts.values())
    assert {part for each in parts.values() for part in each} == {"train", "validation", "test"}


def test_empty_columns_of_a_spreadsheet_are_no_columns(tree: Tree) -> None:
    root = tree(NAMES)
    table = written(root, "".join(f"{line},,\n" for line in lines().splitlines()))
    source = source_of(table)
    found = scan(source)
    assert [image.key for image in found.images] == NAMES
    assert found.images[3].row == {"path": "all/3.png", "label": "cat"}
    assert head(Table(path=str(table))).columns == ("path", "label")
    odd = written(root, "where,what,,\n" + "all/0.png,cat,,\n" * 3, "odd.csv")
    with pytest.raises(UserError, match="choose the path column among “where” and “what”"):
        scan(Table(path=str(odd)))


def test_names_without_their_ending_are_completed(tree: Tree) -> None:
    root = tree([f"{n}.jpg" for n in range(4)])
    table = written(root, "id,label\n" + "".join(f"{n},{n % 2}\n" for n in range(4)))
    source = source_of(table)
    assert isinstance(source, Table)
    assert source.ending == ".jpg"
    assert [image.key for image in scan(source).images] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


def test_images_twice_outside_or_missing_do_no_harm(tree: Tree, tmp_path: Path) -> None:
    root = tree(NAMES)
    text = lines() + f"all/0.png,dog\nall/gone.png,cat\n../x.png,cat\n{tmp_path}/y.png,dog\n"
    dataset = Dataset(source=source_of(written(root, text)))
    found = index(dataset)
    assert len(found.samples) == 13
    assert [left.key for left in found.unreadable] == ["../x.png", f"{tmp_path}/y.png"]
    known = facts(dataset, found)
    assert known.images() == 12
    reasons = {left.key: left.reason for left in known.unreadable}
    assert reasons["all/gone.png"] == "is no longer there"
    assert reasons["../x.png"] == "lies outside the table's folder"


def test_a_table_may_be_named_by_a_way_back(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(NAMES)
    table = written(root, lines() + f"{root}/all/../all/12.png,cat\n../x.png,cat\n")
    (root / "experiments").mkdir()
    monkeypatch.chdir(root / "experiments")
    source = source_of(Path("../list.csv"))
    assert source == Table(path=str(root / "experiments/../list.csv"))
    found = scan(source)
    assert [image.key for image in found.images] == [*NAMES, "all/12.png"]
    assert [left.key for left in found.left_out] == ["../x.png"]
    assert Path(found.images[0].path).samefile(root / NAMES[0])
    assert [image.key for image in scan(Table(path=str(table))).images][:12] == NAMES


@pytest.mark.skipif(sys.platform == "win32", reason="Windows goes back along the text")
def test_a_way_back_from_a_link_leads_where_the_system_goes(tree: Tree, tmp_path: Path) -> None:
    root = tree(NAMES)
    written(root, lines())
    (root / "deep").mkdir()
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link"
    link.symlink_to(root / "deep", target_is_directory=True)
    found = scan(Table(path=str(link / ".." / "list.csv")))
    assert [image.key for image in found.images] == NAMES
    assert Path(found.images[0].path).samefile(root / NAMES[0])


def test_a_table_of_images_that_are_all_gone_is_not_called_a_missing_folder(tmp_path: Path) -> None:
    dataset = Dataset(source=source_of(written(tmp_path / "t", lines())))
    listed = index(dataset)
    said = "None of the images can be read: “all/1.png” is no longer there."
    with pytest.raises(UserError, match=said):
        facts(dataset, listed)
    with pytest.raises(UserError, match=said):
        PixelCache.open(dataset, listed)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("path,label\na.png,cat\nb.png\n", "Line 3 .* has 1 cells", "line 3"),
        ("path,label\n\na.png,\n", "Line 3 .* has no label", "line 3"),
        ("path,label\n ,cat\n", "Line 2 .* has no path", "line 2"),
        ("path,label\na.png,cat\nb.png,dog\na.png,dog\n", "line 2 gives it “cat”", "line 4"),
        ("path,label,split\na.png,cat,train\nb.png,dog,later\n", "split “later”", "line 3"),
        ("path,label,label\na.png,cat,x\n", "names the column “label” twice", "line 1"),
        ("path,colour\na.png,red\n", "no column for the label", "line 1"),
        ('path,label\n"a.png,cat\n', "is not valid", "line 2"),
        ("path,label\na.png,cat\nb.png,cat\n", "one label only, “cat”", ""),
        ("path,label\n", "lists no images", ""),
        ("just words\nand more\n", "is not a table of paths and labels", ""),
        ("", "is not a table", ""),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, words: str, line: str) -> None:
    table = written(tmp_path / "t", text)
    with pytest.raises(UserError, match=words) as caught:
        scan(Table(path=str(table)))
    assert caught.value.place == (f"{table}, {line}" if line else str(table))
    assert "\n" not in caught.value.sentence


def test_a_table_that_is_gone_or_no_text_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no table “gone\.csv”"):
        scan(Table(path=str(tmp_path / "gone.csv")))
    (tmp_path / "odd.csv").write_bytes(b"path,label\n\xff\xfe,a\n")
    with pytest.raises(UserError, match="save it as CSV in UTF-8"):
        scan(Table(path=str(tmp_path / "odd.csv")))


def test_chosen_columns_count_before_usual_names(tree: Tree) -> None:
    table = written(tree(NAMES), lines(header="where,what"))
    found = scan(Table(path=str(table), path_column="where", label_column="what"))
    assert found.class_names == ("cat", "dog")
    with pytest.raises(UserError, match="choose the label column among “where” and “what”"):
        scan(Table(path=str(table), path_column="where", label_column="who"))
