"""ids of ledger accounts in the order of their bytes, so that those that begin alike lie together."""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision. SQLite orders texts by their bytes anyway."""
    if op.get_bind().dialect.name == 'postgresql':
        op.alter_column('ledger_accounts', 'id', type_=sa.String(length=64, collation='C'), existing_type=sa.String(length=64), existing_nullable=False)
