"""Backup and restore of a running service: what was there at one moment is there again."""

import shutil
import tarfile
from pathlib import Path

from service.http.api_keys import KeyFile
from tests.command_lines import service_command
from tests.conftest import ROOT, Service, serving, wait_until
from tests.service.requests import LAST_DATE, views
from tests.training.publisher import publish


def command(models: Path, *arguments: object, code: int = 0, **variables: object) -> str:
    """Run a command of the service on a models folder, and give what it prints."""
    return service_command(*arguments, code=code, VIEWCAST_MODELS=models, **variables).output


def put(service: Service, name: str, count: int) -> int:
    body = {"views": [*views(20), count], "last_date": LAST_DATE}
    upload: int = service.client.put(f"/series/{name}/days", json=body).raise_for_status().json()["upload"]
    return upload


def test_everything_is_as_it_was_while_the_service_goes_on(
    running: Service, models: Path, tmp_path: Path
) -> None:
    first = running.version()
    upload = put(running, "a", 1)
    command(models, "backup", tmp_path / "b.tar")
    before = running.client.get("/series").json()
    put(running, "a", 2)
    put(running, "b", 3)
    publish(models, 2)
    wait_until(lambda: running.version() != first)
    command(models, "restore", tmp_path / "b.tar")
    assert running.client.get("/series").json() == before
    wait_until(lambda: running.version() == first)
    assert running.client.delete(f"/uploads/{upload}").status_code == 200


def test_a_backup_is_restored_on_a_machine_that_has_never_seen_it(
    running: Service, models: Path, tmp_path: Path
) -> None:
    put(running, "a", 1)
    command(models, "backup", tmp_path / "b.tar")
    answer = running.predict({"id": "a"}).json()
    new = tmp_path / "new machine"
    command(new, "restore", tmp_path / "b.tar")
    with serving(new) as service:
        assert service.predict({"id": "a"}).json() == answer
        assert put(service, "a", 2) > 1


def test_keys_and_logs_are_in_the_backup_wherever_they_are_kept(models: Path, tmp_path: Path) -> None:
    state, new = tmp_path / "state", tmp_path / "new"
    key = command(models, "keys", "create", "a", VIEWCAST_STATE_FOLDER=state).split()[0]
    (state / "jobs").mkdir()
    (state / "jobs" / "1.log").write_text("of a training")
    command(models, "backup", tmp_path / "b.tar", VIEWCAST_STATE_FOLDER=state)
    command(new / "models", "restore", tmp_path / "b.tar", VIEWCAST_STATE_FOLDER=new / "state")
    assert (new / "state" / "jobs" / "1.log").read_text() == "of a training"
    with serving(new / "models", state_folder=new / "state") as service:
        assert service.predict({"views": views(56), "last_date": LAST_DATE}).status_code == 401
        service.client.headers["X-API-Key"] = key
        assert service.predict({"views": views(56), "last_date": LAST_DATE}).status_code == 200
    command(new / "one folder", "restore", tmp_path / "b.tar")
    assert command(new / "one folder", "keys", "list") == command(
        models, "keys", "list", VIEWCAST_STATE_FOLDER=state
    )


def test_a_restore_puts_no_revoked_key_back_in_force(models: Path, tmp_path: Path) -> None:
    def create(name: str) -> str:
        return KeyFile(models).create(name, ["predict"]).split("_")[1]

    def in_force(folder: Path) -> dict[str, bool]:
        return {id_: key.revoked is None for id_, key in KeyFile(folder).read().items()}

    stays, revoked, revoked_before = create("stays"), create("revoked"), create("revoked before")
    KeyFile(models).revoke(revoked_before)
    command(models, "backup", tmp_path / "b.tar")
    KeyFile(models).revoke(revoked)
    new = create("new")
    assert "created or revoked since" in command(models, "restore", tmp_path / "b.tar")
    assert in_force(models) == {stays: True, revoked: False, revoked_before: False, new: True}
    elsewhere = tmp_path / "elsewhere"
    assert "revoke them once more" in command(elsewhere, "restore", tmp_path / "b.tar")
    assert in_force(elsewhere) == {stays: True, revoked: True, revoked_before: False}


def test_keys_that_cannot_be_read_are_not_replaced_by_a_restore(models: Path, tmp_path: Path) -> None:
    command(models, "keys", "create", "a")
    command(models, "backup", tmp_path / "b.tar")
    (models / "keys.json").write_text("damaged")
    assert "keys.json cannot be read" in command(models, "restore", tmp_path / "b.tar", code=1)
    assert (models / "keys.json").read_text() == "damaged"


def test_what_is_no_backup_changes_nothing(running: Service, models: Path, tmp_path: Path) -> None:
    put(running, "a", 1)
    command(models, "backup", tmp_path / "b.tar")
    content = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "half.tar").write_bytes(content[: len(content) // 2])
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(ROOT / "README.md", "README.md")
    with tarfile.open(tmp_path / "escape.tar", "w") as archive:
        archive.add(ROOT / "README.md", "../../escaped")
    with tarfile.open(tmp_path / "link.tar", "w") as archive:
        link = tarfile.TarInfo("models")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        archive.addfile(link)
    before = running.client.get("/series").json()
    for name in "half.tar", "other.tar", "escape.tar", "link.tar":
        assert "is no backup" in command(models, "restore", tmp_path / name, code=1)
    assert "No such file" in command(models, "restore", tmp_path / "none.tar", code=1)
    assert running.client.get("/series").json() == before
    assert [path.name for path in models.iterdir() if path.name.startswith(".restoring")] == []
    assert not (tmp_path / "escaped").exists()


def test_a_backup_that_cannot_be_written_leaves_what_stood_there(models: Path, tmp_path: Path) -> None:
    shutil.rmtree(models)
    (tmp_path / "b.tar").write_text("mine")
    models.write_text("no folder")
    command(models, "backup", tmp_path / "b.tar", code=1)
    assert (tmp_path / "b.tar").read_text() == "mine"
