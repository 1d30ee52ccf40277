"""medical insurance: the bills of a hospital, the newest first."""

from alembic import op


revision = '0060'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    with op.batch_alter_table('insurance_claims', schema=None) as batch_op:
        batch_op.create_index(
            'ix_insurance_claims_of', ['organisation', 'changed_at_ms'], unique=False
        )
