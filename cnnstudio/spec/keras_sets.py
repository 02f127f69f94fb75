"""The sets of images that Keras brings: what each holds, how large it is, what its classes are."""

from dataclasses import dataclass
from typing import Literal

from cnnstudio.spec.errors import UserError

SetName = Literal["mnist", "fashion_mnist", "cifar10", "cifar100"]
"""As the modules of `keras.datasets` are called."""

PREFIX = "keras:"
"""What stands before a set's name where a folder of images could stand as well."""


@dataclass(frozen=True, slots=True)
class KerasSet:
    """One set. Its training labels count into `class_names`, in the order of its authors.

    `images` counts training and test images, `side` is in pixels, `download` in bytes. `upright`
    says that a mirrored image is another one, as with digits.
    """

    name: SetName
    title: str
    about: str
    images: int
    test: int
    side: int
    download: int
    host: str
    class_names: tuple[str, ...]
    upright: bool = False

    @property
    def path(self) -> str:
        """How people name it in the terminal, such as `keras:cifar10`."""
        return f"{PREFIX}{self.name}"


_STORAGE = "storage.googleapis.com"
_TORONTO = "www.cs.toronto.edu"

_FINE = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup
dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower
leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid
otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray
road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
wardrobe whale willow_tree wolf woman worm
"""

KERAS_SETS: tuple[KerasSet, ...] = (
    KerasSet(
        "mnist",
        "MNIST",
        "Handwritten digits, grey",
        70_000,
        10_000,
        28,
        11_490_434,
        _STORAGE,
        tuple("0123456789"),
        upright=True,
    ),
    KerasSet(
        "fashion_mnist",
        "Fashion-MNIST",
        "Clothes, shoes and bags, grey",
        70_000,
        10_000,
        28,
        30_878_645,
        _STORAGE,
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
    ),
    KerasSet(
        "cifar10",
        "CIFAR-10",
        "Small photos of animals and vehicles",
        60_000,
        10_000,
        32,
        170_498_071,
        _TORONTO,
        (
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
    ),
    KerasSet(
        "cifar100",
        "CIFAR-100",
        "Small photos of all kinds of things",
        60_000,
        10_000,
        32,
        169_001_437,
        _TORONTO,
        tuple(_FINE.split()),
    ),
)


def keras_set(name: str) -> KerasSet:
    """The set of that name, with or without `keras:`; raises `UserError` naming those there are."""
    plain = name.removeprefix(PREFIX)
    for one in KERAS_SETS:
        if one.name == plain:
            return one
    known = ", ".join(one.name for one in KERAS_SETS)
    raise UserError(f"Keras has no set of images “{plain}”; there are {known}.")
