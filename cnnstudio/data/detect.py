"""Tell from a folder or a file how its images are arranged."""

from pathlib import Path

from cnnstudio.data import arrays, tables
from cnnstudio.data.decode import EXTENSIONS
from cnnstudio.data.folders import Walk, missing
from cnnstudio.data.found import PARTS
from cnnstudio.data.named import proposed
from cnnstudio.spec.errors import UserError
from cnnstudio.spec.files import expanded, named
from cnnstudio.spec.keras_sets import PREFIX, keras_set
from cnnstudio.spec.sources import (
    ArrayFile,
    ClassFolders,
    KerasDataset,
    NamedFiles,
    Source,
    SplitFolders,
    Table,
)


class Undecided(UserError):
    """It takes a person to say how the images are labelled; `source` is the best guess."""

    def __init__(self, error: UserError, source: Source) -> None:
        super().__init__(error.sentence, error.place, error.details)
        self.source = source


def source_of(folder: Path) -> Source:
    """The source that `folder` is: split folders of classes, or a folder per class.

    A folder whose only content is one such folder stands for it, as archives often unpack. A
    folder of other arrangement may hold a table or arrays, or images whose names tell the class;
    a table or an array file may be given itself, and `keras:cifar10` names a set of Keras.

    Raises:
        Undecided: images whose names tell no class by themselves, or a table with odd columns.
        UserError: missing, empty, one class only, or images without class folders; the sentence
            says what to choose instead.
    """
    if str(folder).startswith(PREFIX) and not folder.exists():
        return KerasDataset(name=keras_set(str(folder)).name)
    folder = named(expanded(folder).absolute())
    if not folder.is_dir():
        return _file(folder)
    source = _look(folder) or _inside(folder)
    if source is not None:
        return source
    classes = _class_folders(folder)
    if len(classes) == 1:
        inner = _look(classes[0])
        if inner is not None:
            return inner
        raise UserError(
            f"“{folder.name}” holds only one class folder with images, “{classes[0].name}”: "
            "add a folder for each class that the network shall tell apart.",
            place=str(folder),
        )
    if _has_images(folder, deep=False):
        pattern = proposed(folder)
        # Names of cameras in a class folder look like labels, too.
        if pattern is not None and len(_class_folders(folder.parent)) < 2:
            return NamedFiles(path=str(folder), pattern=pattern)
        guess = NamedFiles(path=str(folder))
        if pattern is not None:
            guess = guess.with_fields(pattern=pattern)
        raise Undecided(_images_without_classes(folder), guess)
    raise UserError(
        f"“{folder.name}” holds no images: choose a folder with one folder of images per class "
        "(PNG, JPEG, BMP, GIF, WebP, TIFF or PPM).",
        place=str(folder),
    )


def _file(path: Path) -> Source:
    ending = path.suffix.lower()
    if path.is_file() and ending in tables.ENDINGS:
        source = Table(path=str(path))
        found = tables.head(source, 1)
        try:
            return tables.table_of(path)
        except UserError as error:
            if found.path and found.label:
                raise
            raise Undecided(error, source) from error
    if path.is_file() and ending in arrays.ENDINGS:
        return ArrayFile(path=str(path))
    if path.is_file() and ending in EXTENSIONS:
        raise UserError(
            f"“{path.name}” is a single image: choose the folder that holds all of them, with one "
            "folder per class inside.",
            place=str(path),
        )
    if path.exists():
        raise UserError(
            f"“{path.name}” is a file: choose the folder that holds the images, a table of them "
            "(CSV, TSV) or a file of arrays (.npz, .npy).",
            place=str(path),
        )
    raise missing(path)


def _inside(folder: Path) -> Source | None:
    """The one table that `folder` holds, or its arrays where it holds no images."""
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return None  # walking through the folder says why
    found = [path for path in files if path.suffix.lower() in tables.ENDINGS]
    if len(found) == 1:
        try:
            return tables.table_of(found[0])
        except UserError:  # a table of something else
            pass
    found = [path for path in files if path.suffix.lower() in arrays.ENDINGS]
    packed = [path for path in found if path.suffix.lower() == ".npz"]
    if found and (len(packed) == 1 or not packed) and not _has_images(folder):
        return ArrayFile(path=str((packed or found)[0]))
    return None


def _look(folder: Path) -> Source | None:
    classes = _class_folders(folder)
    parts = [PARTS.get(path.name.lower()) for path in classes]
    # A class may well be called “train”, so every folder has to be a part, with classes inside.
    if "train" in parts and None not in parts:
        train = classes[parts.index("train")]
        inner = _class_folders(train)
        if len(inner) >= 2:
            return SplitFolders(path=str(folder))
        if len(inner) == 1 and len(classes) >= 2:
            raise UserError(
                f"“{folder.name}/{train.name}” holds only one class folder with images, "
                f"“{inner[0].name}”: add a folder for each class that the network shall tell "
                "apart.",
                place=str(train),
            )
    return ClassFolders(path=str(folder)) if len(classes) >= 2 else None


def _images_without_classes(folder: Path) -> UserError:
    above = named(folder.parent)
    if len(_class_folders(above)) >= 2:
        advice = f"to use it as one class, choose the folder above it, “{above.name}”"
    else:
        advice = "put them into one folder per class and choose this folder again"
    return UserError(f"The images lie directly in “{folder.name}”: {advice}.", place=str(folder))


def _class_folders(folder: Path) -> list[Path]:
    """The folders right below `folder` that hold images at any depth."""
    return [Path(path) for path in Walk(folder).folders(str(folder)) if _has_images(Path(path))]


def _has_images(folder: Path, deep: bool = True) -> bool:
    return any(True for _ in Walk(folder).names(str(folder), deep))
