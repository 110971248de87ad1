"""what names a person is sealed under that person's key, papers too; people can be erased

Revision: 0012
Follows: 0011

Rows and files that are there are sealed here: the engine brings the box (`kernel.box.holding`), `upgrade(…, files=…)`
the folder of the papers. A paper that is sealed already is left alone, so that the revision can be run again after a
crash. Afterwards: `skills adopt-rows --reason "revision 0012"`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from skills.credentials import badge, cose
from skills.people.rules import normal_name

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

PERSONAL = ("holder_name", "document_kind", "document_masked", "score", "photo_digest")
_OPEN = sa.text("state IN ('asked', 'examined')")


def upgrade() -> None:
    op.create_table(
        'erasure_request',
        sa.Column('id', sa.String(length=26), nullable=False),
        sa.Column('person_id', sa.String(length=26), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('asked_by', sa.String(length=26), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('form', sa.String(length=40), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('proposal', sa.String(length=8), nullable=False),
        sa.Column('reason', sa.String(length=16), nullable=False),
        sa.Column('examined_by', sa.String(length=26), nullable=True),
        sa.Column('examined_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_by', sa.String(length=26), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('verdict', sa.JSON(), nullable=False),
        sa.Column('kept', sa.JSON(), nullable=False),
        sa.CheckConstraint("state <> 'granted' OR examined_by <> decided_by", name=op.f('ck_erasure_request_two_people')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_erasure_request_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_request')),
    )
    with op.batch_alter_table('erasure_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_request_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_erasure_request_state'), ['state'], unique=False)
        batch_op.create_index('uq_erasure_request_open', ['person_id'], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)

    _people()
    _past_names()
    _certificates()
    _papers()
    _answers()
    op.execute("UPDATE account SET name = '' WHERE person_id IS NOT NULL")


def _people() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed_name', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('sealed_birth', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f('ix_person_match_name'))
        batch_op.drop_column('match_name')
    for row in _rows("SELECT id, name, birth FROM person"):
        _set("person", row["id"],
             sealed_name=_box().seal(row["name"], f"person:{row['id']}:name", row["id"]),
             sealed_birth=_box().seal(str(row["birth"]), f"person:{row['id']}:birth", row["id"]))  # fmt: skip
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('name')
        batch_op.drop_column('birth')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('sealed_name', new_column_name='name', existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column('sealed_birth', new_column_name='birth', existing_type=sa.LargeBinary(), nullable=False)


def _past_names() -> None:
    with op.batch_alter_table('name_history', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed_name', sa.LargeBinary(), nullable=True))
    for row in _rows("SELECT id, person_id, name FROM name_history"):
        place = f"name_history:{row['id']}:name"
        _set("name_history", row["id"], sealed_name=_box().seal(row["name"], place, row["person_id"]))
    with op.batch_alter_table('name_history', schema=None) as batch_op:
        batch_op.drop_column('name')
    with op.batch_alter_table('name_history', schema=None) as batch_op:
        batch_op.alter_column('sealed_name', new_column_name='name', existing_type=sa.LargeBinary(), nullable=False)


def _certificates() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('holder', sa.LargeBinary(), nullable=True))
        for name, length in (('name_proof', 64), ('four_proof', 64), ('code_digest', 64), ('credential_kid', 48), ('code_kid', 48)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
    for row in _rows("SELECT id, number, person_id, claims, credential, code FROM certificate"):
        _set("certificate", row["id"], **_sealed(row))
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.alter_column('holder', existing_type=sa.LargeBinary(), nullable=False)
        for name, length in (('name_proof', 64), ('four_proof', 64), ('code_digest', 64), ('credential_kid', 48), ('code_kid', 48)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_certificate_code_digest'), ['code_digest'])


def _sealed(row: Mapping[str, Any]) -> dict[str, Any]:
    claims = json.loads(row["claims"]) if isinstance(row["claims"], str) else dict(row["claims"])
    personal = {name: claims.pop(name) for name in PERSONAL if name in claims}
    box, number, person = _box(), row["number"], row["person_id"]
    code, credential = bytes(row["code"]), bytes(row["credential"])
    four = personal["document_masked"][-4:].strip().upper()
    return {
        "claims": json.dumps(claims, ensure_ascii=False),
        "holder": box.seal(json.dumps(personal, ensure_ascii=False), f"certificate:{row['id']}:holder", person),
        "name_proof": box.blind(f"certificate:{number}:name", normal_name(personal["holder_name"])),
        "four_proof": box.blind(f"certificate:{number}:four", four),
        "credential": box.seal_bytes(credential, f"certificate:{row['id']}:credential", person),
        "code": box.seal_bytes(code, f"certificate:{row['id']}:code", person),
        "code_digest": hashlib.sha256(code).hexdigest(),
        "credential_kid": badge.kid_in(credential),
        "code_kid": cose.kid_in(code).hex(),
    }


def _answers() -> None:
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed_answer', sa.LargeBinary(), nullable=True))
    for row in _rows("SELECT id, person_id, answer FROM complaint WHERE answer <> ''"):
        sealed = _box().seal(row["answer"], f"complaint:{row['id']}:answer", row["person_id"])
        _set("complaint", row["id"], sealed_answer=sealed)
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.drop_column('answer')
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.alter_column('sealed_answer', new_column_name='answer', existing_type=sa.LargeBinary(), nullable=True)


def _papers() -> None:
    folder: Path | None = context.config.attributes.get("files")
    wanted = (
        "SELECT p.certificate_id, p.copy, p.path, c.person_id FROM certificate_paper p"
        " JOIN certificate c ON c.id = p.certificate_id"
    )
    for row in _rows(wanted):
        if folder is None:
            raise RuntimeError("there are papers, but not the folder they lie in: upgrade(engine, files=…)")
        path = folder / row["path"]
        plain = path.read_bytes() if path.exists() else b""
        if plain.startswith(b"%PDF-"):
            place = f"certificate_paper:{row['certificate_id']}:{row['copy']}:file"
            fresh = path.with_suffix(".new")
            fresh.write_bytes(_box().seal_bytes(plain, place, row["person_id"]))
            fresh.replace(path)


def downgrade() -> None:
    if next(_rows("SELECT id FROM person"), None) is not None:
        raise RuntimeError("what is sealed is not opened again: restore the copy from before revision 0012")
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('match_name', sa.String(length=60), nullable=False))
        batch_op.create_index(batch_op.f('ix_person_match_name'), ['match_name'], unique=False)
        batch_op.drop_column('erased_at')
        batch_op.drop_column('name')
        batch_op.drop_column('birth')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sa.String(length=60), nullable=False))
        batch_op.add_column(sa.Column('birth', sa.Date(), nullable=False))
    with op.batch_alter_table('name_history', schema=None) as batch_op:
        batch_op.drop_column('name')
    with op.batch_alter_table('name_history', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sa.String(length=60), nullable=False))
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.drop_column('answer')
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer', sa.String(length=4000), nullable=False, server_default=''))
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_certificate_code_digest'), type_='unique')
        for name in ('code_kid', 'credential_kid', 'code_digest', 'four_proof', 'name_proof', 'holder'):
            batch_op.drop_column(name)
    op.drop_table('erasure_request')


def _box() -> Any:
    return op.get_bind().get_execution_options()["box"]


def _rows(query: str) -> Iterator[Mapping[str, Any]]:
    yield from op.get_bind().execute(sa.text(query)).mappings().all()


def _set(table: str, row_id: str, **values: Any) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    statement = sa.text(f"UPDATE {table} SET {columns} WHERE id = :row")  # noqa: S608 - names of this file alone
    if "claims" in values and op.get_bind().dialect.name == "postgresql":
        statement = sa.text(f"UPDATE {table} SET {columns.replace(':claims', 'CAST(:claims AS JSON)')} WHERE id = :row")  # noqa: S608
    op.get_bind().execute(statement, {**values, "row": row_id})
