"""A bucket of an object store with the S3 API, as the storage of a model store.

S3 writes an object completely or not at all, and can make a write conditional: only if the object has not
changed (`If-Match`) or does not exist (`If-None-Match`). It cannot rename objects, and it has no locks, only
leases that may end before their holder is done. So each group is one object, an uncompressed zip file, and
all writes are conditional; they are safe also after the lease has ended. Deletions are not conditional, and
are refused after the end of the lease.
"""

from __future__ import annotations

import errno
import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Any

from training.store.archive import member, pack, unpack
from training.store.storage import ReadFile

LEASE_SECONDS = 60.0
_LOCK = ".lock"
_WAIT_SECONDS = 0.2
_ENDING = ".zip"
_MOST_BYTES = 2**30
_NOT_MODIFIED, _NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED = 304, 404, 409, 412


class ChangedError(FileExistsError):
    """Another writer has changed or removed the object since it was read."""


class S3Storage:
    """Implements `Storage` with a bucket.

    All methods but `signature` raise `OSError` when the object store cannot be reached or refuses a request.

    Parameters
    ----------
    url : str
        `s3://bucket/prefix`. Credentials, region and endpoint come from the usual settings of AWS tools:
        `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` and so on, or the role of the machine.
    lease_seconds : float, default=60
        Duration of a lease: how long writers wait after another writer was killed.
    """

    poll_seconds = 5.0

    def __init__(self, url: str, lease_seconds: float = LEASE_SECONDS) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._url = url
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._lease_seconds = lease_seconds
        self._client = _client()
        self._one_at_a_time = threading.Lock()
        self._lease_end = 0.0
        # ETags of the objects that are not groups, from the time when the lease was taken.
        self._seen: dict[str, str] = {}
        self._last_group: tuple[str, str, bytes] | None = None

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        return [name.removesuffix(_ENDING) for name in self._listed() if name.endswith(_ENDING)]

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file, of a group or outside groups, as `ReadFile` describes."""
        group, slash, file = name.partition("/")
        if slash:
            return member(self._group(group)[1], file, most_bytes)
        with plain_errors(self._url):
            return _content(self._client.get_object(**self._place(name)), most_bytes)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Take the lease; wait while another writer has it."""
        with self._one_at_a_time, plain_errors(self._url):
            self._take_lease()
            self._seen = {name: tag for name, tag in self._listed().items() if not name.endswith(_ENDING)}
            try:
                yield
            finally:
                self._seen = {}
                self._end_lease()

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Pack and check the group, then write it in one request; raises `ChangedError` if it exists."""
        content = pack(files)
        check(lambda name, most_bytes: member(content, name, most_bytes))
        with plain_errors(self._url):
            self._put(f"{group}{_ENDING}", content, None)

    def replace(self, name: str, content: bytes) -> None:
        """Write a file; raises `ChangedError` when another writer has changed it since the lease began."""
        group, slash, file = name.partition("/")
        with plain_errors(self._url):
            if slash:
                tag, archive = self._group(group)
                self._put(f"{group}{_ENDING}", pack({**unpack(archive), file: content}), tag)
            else:
                self._seen[name] = self._put(name, content, self._seen.get(name))

    def remove(self, group: str) -> None:
        """Delete a group; raises `OSError` when the lease has ended."""
        if time.monotonic() > self._lease_end:
            problem = f"{group} is not removed: it took more than {self._lease_seconds:g} seconds until then"
            raise OSError(errno.ETIMEDOUT, problem, self._url)
        with plain_errors(self._url):
            self._client.delete_object(**self._place(f"{group}{_ENDING}"))

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return the ETag of each file's object, None when it is missing or cannot be read."""
        objects = dict.fromkeys(
            f"{name.partition('/')[0]}{_ENDING}" if "/" in name else name for name in names
        )
        return tuple(self._tag_or_none(name) for name in objects)

    def _tag_or_none(self, name: str) -> str | None:
        with suppress(OSError), plain_errors(self._url):
            return self._tag(name)
        return None

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}"}

    def _listed(self) -> dict[str, str]:
        """Give the ETags of all objects directly under the prefix, by name."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        with plain_errors(self._url):
            entries = [entry for page in pages for entry in page.get("Contents", [])]
        return {entry["Key"].removeprefix(self._prefix): entry["ETag"] for entry in entries}

    def _group(self, name: str) -> tuple[str, bytes]:
        """Give the ETag and the zip file of a group; the last one read is cached while its ETag is valid."""
        kept = self._last_group
        if_changed = {"IfNoneMatch": kept[1]} if kept and kept[0] == name else {}
        with plain_errors(self._url):
            try:
                answer = self._client.get_object(**self._place(f"{name}{_ENDING}"), **if_changed)
            except _client_error() as error:
                if kept is None or _status(error) != _NOT_MODIFIED:
                    raise
                return kept[1:]
            content = _content(answer, _MOST_BYTES)
        self._last_group = (name, answer["ETag"], content)
        return answer["ETag"], content

    def _head(self, name: str) -> dict[str, Any] | None:
        try:
            head: dict[str, Any] = self._client.head_object(**self._place(name))
        except _client_error() as error:
            if _status(error) != _NOT_FOUND:
                raise
            return None
        return head

    def _tag(self, name: str) -> str | None:
        head = self._head(name)
        return None if head is None else head["ETag"]

    def _put(self, name: str, content: bytes, seen: str | None) -> str:
        """Write an object if its ETag is `seen` (None: if it does not exist); return the new ETag."""
        condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen}
        writer = secrets.token_hex(8)
        try:
            answer = self._client.put_object(
                **self._place(name), Body=content, Metadata={"writer": writer}, **condition
            )
        except _client_error() as error:
            if _status(error) not in (_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED) or _no_bucket(error):
                raise
            # If a response was lost, the client sends the write again, and S3 refuses the second request
            # because of the first. The object then has the token of this writer.
            head = self._head(name)
            if head is not None and head["Metadata"].get("writer") == writer:
                return str(head["ETag"])
            raise ChangedError(
                errno.EEXIST, f"{name} was written by somebody else meanwhile", self._url
            ) from error
        return str(answer["ETag"])

    def _take_lease(self) -> None:
        token = secrets.token_bytes(16)
        while True:
            begin = time.monotonic()
            head = self._head(_LOCK)
            if head is None or _age_seconds(head) > self._lease_seconds:
                with suppress(ChangedError):
                    self._put(_LOCK, token, None if head is None else head["ETag"])
                    self._lease_end = begin + self._lease_seconds
                    return
            time.sleep(_WAIT_SECONDS)

    def _end_lease(self) -> None:
        """Delete the lease; if this fails, other writers wait until it ends."""
        if time.monotonic() < self._lease_end:
            with suppress(OSError), plain_errors(self._url):
                self._client.delete_object(**self._place(_LOCK))


@contextmanager
def plain_errors(url: str) -> Iterator[None]:
    """Convert errors of the S3 client to `OSError`, and a missing object to `FileNotFoundError`."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if _status(error) == _NOT_FOUND and not _no_bucket(error):
            raise FileNotFoundError(errno.ENOENT, "there is no such object", url) from error
        raise OSError(errno.EIO, f"the object store refuses it: {error}", url) from error
    except BotoCoreError as error:
        raise OSError(errno.EIO, f"the object store cannot be asked: {error}", url) from error


def _client() -> Any:
    import boto3  # an optional dependency, the extra `scale`
    from botocore.config import Config

    retries = {"mode": "standard", "total_max_attempts": 3}
    return boto3.client("s3", config=Config(connect_timeout=3, read_timeout=30, retries=retries))


def _client_error() -> type[Exception]:
    from botocore.exceptions import ClientError

    return ClientError  # type: ignore[no-any-return]


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def _no_bucket(error: Any) -> bool:
    return bool(error.response["Error"].get("Code") == "NoSuchBucket")


def _age_seconds(head: Mapping[str, Any]) -> float:
    """Age of an object in seconds, by the clock of the object store."""
    now = parsedate_to_datetime(head["ResponseMetadata"]["HTTPHeaders"]["date"])
    return float((now - head["LastModified"]).total_seconds())


def _content(answer: Mapping[str, Any], most_bytes: int) -> bytes:
    if answer["ContentLength"] > most_bytes:
        raise ValueError(f"it is larger than {most_bytes:,} bytes")
    return bytes(answer["Body"].read())
