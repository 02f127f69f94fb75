"""Which images belong together (one slide, one patient) and so stay in one part of the split."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member
from cnnstudio.spec.patterns import NamePart, finder


class Grouping(Member):
    """A rule that names the group of an image."""

    family = "groupings"

    @abstractmethod
    def group_of(self, below: str, row: Mapping[str, str] | None = None) -> str:
        """The group of an image, or an empty text for one that stands alone.

        `below` is its path below the folder of its class, with forward slashes; `row` its line in
        a table, where the images come from one.
        """


class NamePattern(Grouping):
    """Images whose file names have the same part in common, such as `slide7_` in `slide7_03.png`.

    A file name that the pattern does not fit stands alone.
    """

    kind: Literal["NamePattern"] = "NamePattern"
    heading = "Part of the file name"
    pattern: NamePart = Field(
        "^(.+?)[_-]",
        description="A regular expression with one group in parentheses: the part in common",
    )

    def group_of(self, below: str, row: Mapping[str, str] | None = None) -> str:
        """What the group of the pattern matched in the file name."""
        return finder(self.pattern).part(below.rpartition("/")[2])


class Subfolder(Grouping):
    """Images in the same folder below their class folder, such as one folder for each patient.

    Folders of the same name below several classes are one group.
    """

    kind: Literal["Subfolder"] = "Subfolder"
    heading = "Folder below the class"

    def group_of(self, below: str, row: Mapping[str, str] | None = None) -> str:
        """The first folder on the way to the image."""
        return below.partition("/")[0] if "/" in below else ""


class Column(Grouping):
    """Images with the same entry in a column of their table, such as the number of a patient.

    Images of other sources stand alone, and so do those with an empty cell.
    """

    kind: Literal["Column"] = "Column"
    heading = "Column of the table"
    column: str = Field("patient", min_length=1, max_length=200, title="Column")

    def group_of(self, below: str, row: Mapping[str, str] | None = None) -> str:
        """The cell of the column."""
        return row.get(self.column, "").strip() if row is not None else ""


AnyGrouping = Annotated[Grouping, ANY_MEMBER]
