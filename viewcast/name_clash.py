"""Whether Viewcast's packages `training` and `service` are the ones that Python finds."""

from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("training", "service")


def check_packages() -> None:
    """Refuse to go on with somebody else's package of the same name, before anything of it runs.

    Raises
    ------
    ImportError
        When a folder of that name stands before Viewcast's own, as one in the current folder does.
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
