"""the first tables."""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""

    op.create_table('agreement_statements',
    sa.Column('agreement', sa.String(length=128), nullable=False),
    sa.Column('city', sa.String(length=6), nullable=False),
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False, comment="the signed statement's JSON"),
    sa.Column('accepted_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('agreement', 'city', 'sequence', name=op.f('pk_agreement_statements'))
    )
    op.create_table('agreements',
    sa.Column('agreement', sa.String(length=128), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=72), nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False, comment="the signed document's JSON"),
    sa.Column('changed_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('agreement', 'version', name=op.f('pk_agreements'))
    )
    op.create_table('bodies',
    sa.Column('digest', sa.String(length=72), nullable=False, comment='sha-256:<hex>'),
    sa.Column('peer', sa.String(length=6), nullable=False, comment='the city that may fetch or has sent it'),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('stored_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', 'peer', name=op.f('pk_bodies'))
    )
    op.create_table('charters',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=72), nullable=False),
    sa.Column('document', sa.LargeBinary(), nullable=False, comment="the signed document's JSON"),
    sa.Column('accepted_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_charters'))
    )
    op.create_table('credit_copies',
    sa.Column('source_city', sa.String(length=6), nullable=False),
    sa.Column('record_id', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False, comment='as its source last said'),
    sa.Column('seen_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('source_city', 'record_id', name=op.f('pk_credit_copies')),
    comment='records of other cities that this one has been shown'
    )
    op.create_table('credit_list_entries',
    sa.Column('source_city', sa.String(length=6), nullable=False),
    sa.Column('entry_id', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=18), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('source_city', 'entry_id', name=op.f('pk_credit_list_entries'))
    )
    with op.batch_alter_table('credit_list_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_list_entries_subject'), ['subject'], unique=False)

    op.create_table('credit_records',
    sa.Column('source_city', sa.String(length=6), nullable=False),
    sa.Column('record_id', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=18), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False, comment='the newest version, as JSON'),
    sa.Column('changed_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('source_city', 'record_id', name=op.f('pk_credit_records'))
    )
    with op.batch_alter_table('credit_records', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_records_subject'), ['subject'], unique=False)

    op.create_table('credit_repairs',
    sa.Column('application_id', sa.String(length=64), nullable=False),
    sa.Column('record_id', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.String(length=10), nullable=True, comment='the day by which the next step is due'),
    sa.Column('document', sa.Text(), nullable=False, comment='the application and its steps, as JSON'),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_credit_repairs'))
    )
    with op.batch_alter_table('credit_repairs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_repairs_record_id'), ['record_id'], unique=False)

    op.create_table('credit_successions',
    sa.Column('predecessor', sa.String(length=18), nullable=False),
    sa.Column('successor', sa.String(length=18), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('predecessor', 'successor', name=op.f('pk_credit_successions'))
    )
    with op.batch_alter_table('credit_successions', schema=None) as batch_op:
        batch_op.create_index('ix_credit_successions_successor', ['successor'], unique=False)

    op.create_table('deliveries',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False, comment='in or out'),
    sa.Column('peer', sa.String(length=6), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('created_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('request_leaves', sa.LargeBinary(), nullable=False, comment='32 bytes a message, in order'),
    sa.Column('request_base', sa.LargeBinary(), nullable=False, comment='the RFC 9421 signature base'),
    sa.Column('request_signature', sa.LargeBinary(), nullable=False),
    sa.Column('request_key', sa.String(length=128), nullable=False),
    sa.Column('response_leaves', sa.LargeBinary(), nullable=False),
    sa.Column('response_base', sa.LargeBinary(), nullable=False),
    sa.Column('response_signature', sa.LargeBinary(), nullable=False),
    sa.Column('response_key', sa.String(length=128), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('direction', 'peer', 'nonce', name=op.f('uq_deliveries_direction_peer_nonce'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_peer_created_at_ms', ['peer', 'created_at_ms'], unique=False)

    op.create_table('grant_use',
    sa.Column('agreement', sa.String(length=128), nullable=False),
    sa.Column('grant_id', sa.String(length=128), nullable=False),
    sa.Column('caller', sa.String(length=6), nullable=False),
    sa.Column('window', sa.String(length=6), nullable=False, comment='minute or day'),
    sa.Column('start_ms', sa.BigInteger(), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False, comment='uses in this window'),
    sa.PrimaryKeyConstraint('agreement', 'grant_id', 'caller', 'window', name=op.f('pk_grant_use'))
    )
    op.create_table('journal_checkpoints',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False, comment='signed by us, as first published'),
    sa.Column('cosigned', sa.LargeBinary(), nullable=True, comment='with the cosignatures of a quorum'),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_journal_checkpoints'))
    )
    op.create_table('journal_entries',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('retention', sa.String(length=16), nullable=False, comment='class of retention'),
    sa.Column('entry', sa.LargeBinary(), nullable=False, comment='the public bytes of the leaf'),
    sa.Column('details', sa.LargeBinary(), nullable=True, comment='what the commitment commits to; null once erased'),
    sa.Column('salt', sa.LargeBinary(length=32), nullable=True, comment='null once erased'),
    sa.Column('leaf', sa.LargeBinary(length=32), nullable=False, comment='RFC 9162 leaf hash of the entry'),
    sa.Column('person', sa.LargeBinary(length=32), nullable=True, comment='keyed digest of the person whose data it was'),
    sa.Column('deferred_until_ms', sa.BigInteger(), nullable=True, comment='not shown to the person before'),
    sa.Column('delivery', sa.BigInteger(), nullable=True, comment='number of the delivery that it evidences'),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_journal_entries'))
    )
    with op.batch_alter_table('journal_entries', schema=None) as batch_op:
        batch_op.create_index('ix_journal_entries_delivery', ['delivery'], unique=False)
        batch_op.create_index('ix_journal_entries_person_position', ['person', 'position'], unique=False)

    op.create_table('journal_head',
    sa.Column('name', sa.String(length=8), nullable=False, comment="always 'journal'"),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('frontier', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_journal_head'))
    )
    op.create_table('journal_nodes',
    sa.Column('level', sa.SmallInteger(), autoincrement=False, nullable=False, comment='of the tile'),
    sa.Column('index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('level', 'index', name=op.f('pk_journal_nodes')),
    sqlite_with_rowid=False
    )
    op.create_table('league_revisions',
    sa.Column('name', sa.String(length=8), nullable=False, comment="always 'league'"),
    sa.Column('revision', sa.Integer(), nullable=False, comment='counts every change of the above'),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_league_revisions'))
    )
    op.create_table('messages_in',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('peer', sa.String(length=6), nullable=False, comment='where it came from; our own for agencies'),
    sa.Column('message_id', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('operation', sa.String(length=128), nullable=False),
    sa.Column('organisation', sa.String(length=128), nullable=False),
    sa.Column('purpose', sa.String(length=128), nullable=True),
    sa.Column('agreement', sa.String(length=128), nullable=True),
    sa.Column('sequence', sa.BigInteger(), nullable=True),
    sa.Column('line', sa.LargeBinary(), nullable=True, comment='the exact bytes; null once erased'),
    sa.Column('commitment', sa.LargeBinary(length=32), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False, comment='answered refused received owed'),
    sa.Column('answer', sa.LargeBinary(), nullable=True, comment='the exact line that answered; null once erased'),
    sa.Column('answer_commitment', sa.LargeBinary(length=32), nullable=True),
    sa.Column('received_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('answered_at_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_messages_in')),
    sa.UniqueConstraint('peer', 'message_id', name=op.f('uq_messages_in_peer_message_id'))
    )
    op.create_table('messages_out',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.String(length=128), nullable=False),
    sa.Column('peer', sa.String(length=6), nullable=False, comment='the city it goes to'),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('operation', sa.String(length=128), nullable=False),
    sa.Column('organisation', sa.String(length=128), nullable=False, comment='who asks, in this city'),
    sa.Column('purpose', sa.String(length=128), nullable=True),
    sa.Column('agreement', sa.String(length=128), nullable=True),
    sa.Column('sequence', sa.BigInteger(), nullable=True, comment='place in the stream, for events'),
    sa.Column('body', sa.String(length=72), nullable=True, comment='digest of a large body that goes before it'),
    sa.Column('line', sa.LargeBinary(), nullable=True, comment='the exact bytes; null once erased'),
    sa.Column('commitment', sa.LargeBinary(length=32), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False, comment='pending owed done refused dead'),
    sa.Column('answer', sa.LargeBinary(), nullable=True, comment='the line that answered it; null once erased'),
    sa.Column('answer_commitment', sa.LargeBinary(length=32), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True, comment='the last problem as JSON, for the operator'),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('settled_at_ms', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_messages_out')),
    sa.UniqueConstraint('message_id', name=op.f('uq_messages_out_message_id'))
    )
    with op.batch_alter_table('messages_out', schema=None) as batch_op:
        batch_op.create_index('ix_messages_out_peer_operation_sequence', ['peer', 'operation', 'sequence'], unique=False)
        batch_op.create_index('ix_messages_out_state_peer_number', ['state', 'peer', 'number'], unique=False)

    op.create_table('streams_in',
    sa.Column('peer', sa.String(length=6), nullable=False),
    sa.Column('topic', sa.String(length=128), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False, comment='of the last event that was taken'),
    sa.PrimaryKeyConstraint('peer', 'topic', name=op.f('pk_streams_in'))
    )
    op.create_table('streams_out',
    sa.Column('peer', sa.String(length=6), nullable=False),
    sa.Column('topic', sa.String(length=128), nullable=False),
    sa.Column('subscribed', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False, comment='of the last event that was written'),
    sa.PrimaryKeyConstraint('peer', 'topic', name=op.f('pk_streams_out'))
    )
    op.create_table('tokens',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('organisation', sa.String(length=128), nullable=False),
    sa.Column('allows', sa.JSON(), nullable=False, comment="operation names, '*' or 'operator'"),
    sa.Column('issued_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_tokens'))
    )
    op.create_table('traffic_notices',
    sa.Column('notice', sa.String(length=88), nullable=False, comment='city code and local number'),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=6), nullable=False),
    sa.Column('lifted', sa.Boolean(), nullable=False),
    sa.Column('changed_at_ms', sa.BigInteger(), nullable=False, comment='when this node took the version'),
    sa.Column('document', sa.Text(), nullable=False, comment='the newest version, as JSON'),
    sa.PrimaryKeyConstraint('notice', name=op.f('pk_traffic_notices'))
    )
    with op.batch_alter_table('traffic_notices', schema=None) as batch_op:
        batch_op.create_index('ix_traffic_notices_lifted_notice', ['lifted', 'notice'], unique=False)

    op.create_table('traffic_receipts',
    sa.Column('notice', sa.String(length=88), nullable=False),
    sa.Column('city', sa.String(length=6), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('acknowledged_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('notice', 'city', name=op.f('pk_traffic_receipts'))
    )
    op.create_table('traffic_versions',
    sa.Column('notice', sa.String(length=88), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('notice', 'version', name=op.f('pk_traffic_versions'))
    )
    op.create_table('witness_alarms',
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(length=32), nullable=False, comment='the root that contradicts ours'),
    sa.Column('held', sa.LargeBinary(), nullable=False, comment='the note that we cosigned'),
    sa.Column('shown', sa.LargeBinary(), nullable=False, comment='the note that contradicts it'),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('origin', 'size', 'root', name=op.f('pk_witness_alarms'))
    )
    op.create_table('witnessed_checkpoints',
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False),
    sa.Column('at_seconds', sa.BigInteger(), nullable=False, comment='of our first cosignature on it'),
    sa.PrimaryKeyConstraint('origin', 'size', name=op.f('pk_witnessed_checkpoints'))
    )
    op.create_table('witnessed_logs',
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False, comment='the largest that we cosigned'),
    sa.Column('root', sa.LargeBinary(length=32), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=False),
    sa.Column('at_seconds', sa.BigInteger(), nullable=False, comment='of our last cosignature'),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_witnessed_logs'))
    )

