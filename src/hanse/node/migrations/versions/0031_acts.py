"""acts: what one person proposes and another confirms."""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    op.create_table('acts',
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('act', sa.String(length=64), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('organisation', sa.String(length=128), nullable=False),
    sa.Column('proposed_by', sa.String(length=32), nullable=False),
    sa.Column('proposed_name', sa.String(length=128), nullable=False),
    sa.Column('proposed_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('expires_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False, comment='waiting confirmed done failed refused'),
    sa.Column('decided_by', sa.String(length=32), nullable=True),
    sa.Column('decided_name', sa.String(length=128), nullable=True),
    sa.Column('decided_at_ms', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.JSON(), nullable=True, comment='what came of it, in both languages'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_acts')),
    comment='what one person proposed and another is to confirm'
    )
    with op.batch_alter_table('acts', schema=None) as batch_op:
        batch_op.create_index('ix_acts_organisation_state', ['organisation', 'state', 'proposed_at_ms'], unique=False)
