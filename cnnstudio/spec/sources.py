"""Where the images of a dataset come from."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from cnnstudio.spec.keras_sets import PREFIX, SetName
from cnnstudio.spec.member import ANY_MEMBER, Member
from cnnstudio.spec.patterns import NamePart


class Source(Member):
    """Labelled images; `path` tells them from those of any other source."""

    family = "sources"

    if TYPE_CHECKING:
        # A field below, or derived from one; pydantic takes neither over a property up here.
        @property
        def path(self) -> str: ...


class StoredSource(Source):
    """A place of labelled images. In memory `path` is absolute; in a file it may be relative."""

    path: str = Field(min_length=1, title="Folder")


class ClassFolders(StoredSource):
    """A folder that holds one folder of images for each class."""

    kind: Literal["class_folders"] = "class_folders"
    heading = "Folder per class"


class SplitFolders(StoredSource):
    """A folder that holds `train`, `test` and perhaps `validation`, each with class folders."""

    kind: Literal["split_folders"] = "split_folders"
    heading = "Split folders of classes"


class Table(StoredSource):
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


class NamedFiles(StoredSource):
    """A folder of images whose file names tell the class."""

    kind: Literal["named_files"] = "named_files"
    heading = "Label in the file name"
    pattern: NamePart = Field(
        r"^(.+?)[ ._-]*\d",
        description="A regular expression with one group in parentheses: the label",
    )


class ArrayFile(StoredSource):
    """A `.npz` file of images and labels, or a `.npy` file of images with its labels beside it."""

    kind: Literal["array_file"] = "array_file"
    heading = "NumPy arrays"
    path: str = Field(min_length=1, title="File")


class KerasDataset(Source):
    """A set of images that Keras brings, downloaded once and then kept by this program."""

    kind: Literal["keras_dataset"] = "keras_dataset"
    heading = "Set of Keras"
    name: SetName = Field(title="Set")

    @property
    def path(self) -> str:
        """`keras:cifar10`: no place on any disk, so that an experiment fits every computer."""
        return f"{PREFIX}{self.name}"


AnySource = Annotated[Source, ANY_MEMBER]
