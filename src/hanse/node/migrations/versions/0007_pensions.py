"""pension relations and their certificates."""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    op.create_table('pension_certificates',
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('citizen_id', sa.String(length=18), nullable=False),
    sa.Column('document', sa.Text(), nullable=False, comment='the certificate, as JSON'),
    sa.Column('issued_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_pension_certificates'))
    )
    with op.batch_alter_table('pension_certificates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pension_certificates_citizen_id'), ['citizen_id'], unique=False)

    op.create_table('pension_relations',
    sa.Column('citizen_id', sa.String(length=18), nullable=False),
    sa.Column('relation_id', sa.String(length=32), nullable=False, comment='names it in the ledger'),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('standing', sa.String(length=16), nullable=False),
    sa.Column('case_id', sa.String(length=64), nullable=True, comment='the transfer by which it moves or moved'),
    sa.Column('account_funds', sa.BigInteger(), nullable=False, comment='fen booked for its account'),
    sa.Column('pool_funds', sa.BigInteger(), nullable=False, comment='fen booked in the pool for it'),
    sa.Column('document', sa.Text(), nullable=False, comment='the relation, as JSON'),
    sa.Column('changed_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('citizen_id', name=op.f('pk_pension_relations')),
    sa.UniqueConstraint('relation_id', name=op.f('uq_pension_relations_relation_id'))
    )
