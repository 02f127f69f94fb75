"""Where the images of a dataset come from."""

from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member
from cnnstudio.spec.patterns import NamePart


class Source(Member):
    """A place of labelled images. In memory `path` is absolute; in a file it may be relative."""

    family = "sources"
    path: str = Field(min_length=1, title="Folder")


class ClassFolders(Source):
    """A folder that holds one folder of images for each class."""

    kind: Literal["class_folders"] = "class_folders"
    heading = "Folder per class"


class SplitFolders(Source):
    """A folder that holds `train`, `test` and perhaps `validation`, each with class folders."""

    kind: Literal["split_folders"] = "split_folders"
    heading = "Split folders of classes"


class Table(Source):
    """A CSV or TSV table with a line for each image: its path, its label, perhaps its split."""

    kind: Literal["table"] = "table"
    heading = "Table of paths and labels"
    path: str = Field(min_length=1, title="Table")
    path_column: str = Field(
        "",
        title="Path column",
        description="Its name; empty: found by its name, such as path, file or image",
    )
    label_column: str = Field(
        "",
        title="Label column",
        description="Its name; empty: found by its name, such as label or class",
    )
    split_column: str = Field(
        "",
        title="Split column",
        description="Holds train, validation or test; empty: found by its name, where there is one",
    )
    ending: str = Field(
        "",
        max_length=12,
        title="Ending",
        description="What follows each path in the table to name its file, such as .jpg",
    )


class NamedFiles(Source):
    """A folder of images whose file names tell the class."""

    kind: Literal["named_files"] = "named_files"
    heading = "Label in the file name"
    pattern: NamePart = Field(
        r"^(.+?)[ ._-]*\d",
        description="A regular expression with one group in parentheses: the label",
    )


class ArrayFile(Source):
    """A `.npz` file of images and labels, or a `.npy` file of images with its labels beside it."""

    kind: Literal["array_file"] = "array_file"
    heading = "NumPy arrays"
    path: str = Field(min_length=1, title="File")


AnySource = Annotated[Source, ANY_MEMBER]
