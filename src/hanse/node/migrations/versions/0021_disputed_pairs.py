"""the pairs that a city disputes."""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision. Earlier words name no pairs."""
    with op.batch_alter_table('clearing_acknowledgements', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pairs', sa.Text(), nullable=False, server_default='[]', comment='that it disputes, as JSON'))
    with op.batch_alter_table('clearing_acknowledgements', schema=None) as batch_op:
        batch_op.alter_column('pairs', server_default=None)
