"""Check that Python finds Viewcast's own packages `training` and `service`."""

from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("training", "service")


def check_packages() -> None:
    """Refuse to continue with another package of the same name, before any of its code runs.

    Raises
    ------
    ImportError
        When another folder of that name comes first in Python's path, such as one in the current folder.
    """
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        spec = find_spec(name)
        places = [] if spec is None else list(spec.submodule_search_locations or [str(spec.origin)])
        if [Path(place).resolve() for place in places] != [home / name]:
            shown = places[0] if places else "nowhere"
            raise ImportError(
                f"Viewcast's package {name!r} is in {home}, but Python finds {shown}: rename that, start "
                "Python with -P or from another folder, or use the command `viewcast`, which looks elsewhere"
            )
