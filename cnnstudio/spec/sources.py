"""Where the images of a dataset come from."""

from typing import Annotated, Literal

from pydantic import Field

from cnnstudio.spec.member import ANY_MEMBER, Member


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


AnySource = Annotated[Source, ANY_MEMBER]
