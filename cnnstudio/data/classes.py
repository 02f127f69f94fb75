"""What a dataset needs before anything can be learnt from it: two classes with names."""

from collections.abc import Sequence
from pathlib import Path

from cnnstudio.data.folders import Walk
from cnnstudio.data.found import Scan
from cnnstudio.data.names import shown
from cnnstudio.spec.errors import UserError


def check_classes(found: Scan, root: Path) -> None:
    """Raises `UserError` where a source holds no two classes whose names are text."""
    for name in found.class_names:
        if shown(name) != name:
            raise UserError(
                f"The folder “{shown(name)}” has a name that is no valid text, and a class needs "
                "one: rename it.",
                place=str(root),
            )
    if len(found.class_names) >= 2:
        return
    if found.class_names:
        raise UserError(
            f"“{root.name}” holds only one class folder with images, “{found.class_names[0]}”: "
            "add a folder for each class that the network shall tell apart.",
            place=str(root),
        )
    if any(Walk(root).names(str(root), deep=False)):
        raise UserError(
            f"The images lie directly in “{root.name}”: put them into one folder per class "
            "and choose the folder above.",
            place=str(root),
        )
    raise UserError(
        f"“{root.name}” holds no images: choose a folder with one folder of images per class "
        "(PNG, JPEG, BMP, GIF, WebP, TIFF or PPM).",
        place=str(root),
    )


def check_edited(class_names: Sequence[str], root: Path) -> None:
    """Raises `UserError` where the edits leave no two classes whose names are text."""
    for name in class_names:
        if shown(name) != name:
            raise UserError(
                f"The class “{shown(name)}” has a name that is no valid text: rename its folder, "
                "or give its images another label.",
                place="dataset.edits",
            )
    if len(class_names) < 2:
        left = f"only the class “{class_names[0]}”" if class_names else "no image"
        raise UserError(
            f"The edits leave {left} of “{root.name}”: include images of at least two classes.",
            place="dataset.edits",
        )
