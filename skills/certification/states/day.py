"""The life of a room's record (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class RecordState(StrEnum):
    """Where the record of a room stands."""

    WRITTEN = "written"
    SIGNED = "signed"
    SENT_BACK = "sent_back"


_R = RecordState
ROOM_RECORD = Machine(
    "room_record",
    RecordState,
    _R.WRITTEN,
    move("countersign", _R.WRITTEN, to=_R.SIGNED, means="第二名监考员签字 a second invigilator signs", may="room.watch"),
    move("send_back", _R.WRITTEN, to=_R.SENT_BACK, means="退回重写 a second invigilator does not agree, with a reason", may="room.watch"),
    words={
        _R.WRITTEN: ("待第二名监考员签字", "waits for a second invigilator"),
        _R.SIGNED: ("两名监考员已签字", "signed by two invigilators"),
        _R.SENT_BACK: ("已退回", "sent back"),
    },
)
