"""`/uploads`: list uploads, and undo one."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from service.database import OpenDatabase
from service.http.problems import ProblemError, problem_responses
from service.series_schemas import UploadAnswer, UploadList, as_upload_answer

MOST_LISTED = 100
# Of a database's integers.
LARGEST_ID = 2**63 - 1

router = APIRouter(tags=["histories"])


@router.get("/uploads", summary="All uploads", responses=problem_responses("no-archive"))
async def list_uploads(database: OpenDatabase) -> UploadList:
    """List the last hundred uploads, newest first: the time of each, and what it changed."""

    def read(opened: Any) -> UploadList:
        from training.database.uploads import Uploads

        newest = Uploads(opened).newest(MOST_LISTED)
        return UploadList(uploads=[as_upload_answer(upload) for upload in newest])

    return await database.run(read)


@router.delete(
    "/uploads/{id}",
    summary="Undo an upload",
    responses=problem_responses("unknown-upload", "cannot-undo", "invalid-input", "no-archive"),
)
async def undo_upload(id: Annotated[int, Path(ge=1, le=LARGEST_ID)], database: OpenDatabase) -> UploadAnswer:
    """Restore the previous counts of every day that an upload changed; days that it added are deleted.

    An upload that a later one has gone on from, in the same series, cannot be taken back before that one.
    Uploads can be taken back for 90 days.
    """

    def take_back(opened: Any) -> UploadAnswer:
        from training.database.undo import UndoError, UnknownUploadError, undo

        try:
            return as_upload_answer(undo(opened, id))
        except UnknownUploadError as error:
            raise ProblemError("unknown-upload", str(error)) from error
        except UndoError as error:
            raise ProblemError("cannot-undo", str(error)) from error

    return await database.run(take_back)
