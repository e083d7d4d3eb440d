"""A bucket of an object store, asked through the S3 API, as the place of a model store's files.

What S3 promises is little: an object appears whole or not at all, and is written only if it is still what
the writer has seen (`If-Match`), or absent (`If-None-Match`). It cannot rename, and a lock is a lease that
ends while its holder sleeps. So a group is one object, a zip file without compression, and every change is a
conditional write; the lease only keeps writers from disturbing each other.
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
    """What was to be written has been written, or removed, by somebody else meanwhile."""


class S3Storage:
    """Keeps files in a bucket, as `Storage` asks for it.

    Parameters
    ----------
    url : str
        `s3://bucket/prefix`. Credentials, region and endpoint are found as all of AWS's tools find them:
        `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL` and so on, or the role of the machine.
    lease_seconds : float, default=60
        How long the others wait for a writer that was killed.
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
        # Entity tags of the files beside the groups when the lease was taken; None without one.
        self._seen: dict[str, str] | None = None
        self._last_group: tuple[str, str, bytes] | None = None

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        return [name.removesuffix(_ENDING) for name in self._listed() if name.endswith(_ENDING)]

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a file."""
        group, slash, file = name.partition("/")
        if slash:
            return member(self._group(group)[1], file, most_bytes)
        with plain_errors(self._url):
            return _content(self._client.get_object(**self._place(name)), most_bytes)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who changes anything, until the lease ends; wait for the one of another."""
        with self._one_at_a_time, plain_errors(self._url):
            self._take_lease()
            self._seen = {name: tag for name, tag in self._listed().items() if not name.endswith(_ENDING)}
            try:
                yield
            finally:
                self._seen = None
                self._end_lease()

    def add(self, group: str, files: Mapping[str, bytes], check: Callable[[ReadFile], None]) -> None:
        """Check the group as it will be kept, and write it, in one request."""
        content = pack(files)
        check(lambda name, most_bytes: member(content, name, most_bytes))
        with plain_errors(self._url):
            self._put(f"{group}{_ENDING}", content, None)

    def replace(self, name: str, content: bytes) -> None:
        """Write a file, provided that it is what it was when the lease was taken; raises `ChangedError`."""
        group, slash, file = name.partition("/")
        with plain_errors(self._url):
            if slash:
                tag, archive = self._group(group)
                self._put(f"{group}{_ENDING}", pack({**unpack(archive), file: content}), tag)
            elif self._seen is None:
                self._put(name, content, self._tag(name))
            else:
                self._seen[name] = self._put(name, content, self._seen.get(name))

    def remove(self, group: str) -> None:
        """Remove a group, provided that the lease has not ended."""
        if time.monotonic() > self._lease_end:
            problem = f"{group} is not removed: it took more than {self._lease_seconds:g} seconds until then"
            raise OSError(errno.ETIMEDOUT, problem, self._url)
        with plain_errors(self._url):
            self._client.delete_object(**self._place(f"{group}{_ENDING}"))

    def signature(self, names: Iterable[str]) -> Hashable:
        """Return the entity tag of each object, None for one that is missing or cannot be asked for."""
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
        """The entity tags of all objects that lie directly under the prefix, by name."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"
        )
        with plain_errors(self._url):
            entries = [entry for page in pages for entry in page.get("Contents", [])]
        return {entry["Key"].removeprefix(self._prefix): entry["ETag"] for entry in entries}

    def _group(self, name: str) -> tuple[str, bytes]:
        """A group's entity tag and its zip file; the last that was read is kept while it does not change."""
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
        """Write an object if its entity tag is the one that was seen, None for none; return the new tag."""
        condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen}
        writer = secrets.token_hex(8)
        try:
            answer = self._client.put_object(
                **self._place(name), Body=content, Metadata={"writer": writer}, **condition
            )
        except _client_error() as error:
            if _status(error) not in (_NOT_FOUND, _CONFLICT, _PRECONDITION_FAILED) or _no_bucket(error):
                raise
            # When an answer was lost, the write is sent again, and refused for what itself has written.
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
        """Let others in; when the store cannot be asked, they wait until the lease ends."""
        if time.monotonic() < self._lease_end:
            with suppress(OSError), plain_errors(self._url):
                self._client.delete_object(**self._place(_LOCK))


@contextmanager
def plain_errors(url: str) -> Iterator[None]:
    """Raise what an object store, or the way to it, refuses as an `OSError`."""
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
    import boto3  # of the extra `scale`
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
    """How long ago an object was written, by the clock of the store."""
    now = parsedate_to_datetime(head["ResponseMetadata"]["HTTPHeaders"]["date"])
    return float((now - head["LastModified"]).total_seconds())


def _content(answer: Mapping[str, Any], most_bytes: int) -> bytes:
    if answer["ContentLength"] > most_bytes:
        raise ValueError(f"it is larger than {most_bytes:,} bytes")
    return bytes(answer["Body"].read())
