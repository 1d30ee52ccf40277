"""universal deposit and withdrawal."""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store to this revision."""
    op.create_table('deposits_accounts',
    sa.Column('card', sa.String(length=19), nullable=False, comment='personal data'),
    sa.Column('bank', sa.String(length=23), nullable=False),
    sa.Column('ledger_account', sa.String(length=64), nullable=False),
    sa.Column('holder_name', sa.String(length=140), nullable=False, comment='personal data'),
    sa.Column('holder_id', sa.String(length=18), nullable=False, comment='personal data'),
    sa.Column('product', sa.String(length=8), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('agreement_signed', sa.Boolean(), nullable=False),
    sa.Column('item_limit_fen', sa.BigInteger(), nullable=False),
    sa.Column('day_limit_fen', sa.BigInteger(), nullable=False),
    sa.Column('opened_on', sa.String(length=10), nullable=False),
    sa.Column('matures_on', sa.String(length=10), nullable=True, comment='of a time deposit'),
    sa.Column('lost_at_ms', sa.BigInteger(), nullable=True, comment='when the loss was reported'),
    sa.PrimaryKeyConstraint('card', name=op.f('pk_deposits_accounts')),
    sa.UniqueConstraint('ledger_account', name=op.f('uq_deposits_accounts_ledger_account'))
    )
    op.create_table('deposits_days',
    sa.Column('business_date', sa.String(length=10), nullable=False),
    sa.Column('closed_at_ms', sa.BigInteger(), nullable=False),
    sa.Column('totals', sa.Text(), nullable=False, comment='as they were at the end, as JSON'),
    sa.PrimaryKeyConstraint('business_date', name=op.f('pk_deposits_days'))
    )
    op.create_table('deposits_serials',
    sa.Column('role', sa.String(length=8), nullable=False, comment='acquirer or account'),
    sa.Column('acquirer_city', sa.String(length=6), nullable=False),
    sa.Column('acquirer_bank', sa.String(length=23), nullable=False),
    sa.Column('business_date', sa.String(length=10), nullable=False, comment="the acquirer's"),
    sa.Column('serial', sa.String(length=24), nullable=False),
    sa.Column('bank', sa.String(length=23), nullable=False, comment='whose book this row is in'),
    sa.Column('peer_city', sa.String(length=6), nullable=False),
    sa.Column('peer_bank', sa.String(length=23), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=9), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('fee_fen', sa.BigInteger(), nullable=False),
    sa.Column('interest_fen', sa.BigInteger(), nullable=False, comment='of a time deposit, early'),
    sa.Column('card', sa.String(length=19), nullable=True, comment="own customer's, if any; personal data"),
    sa.Column('request', sa.Text(), nullable=True, comment='as it came, to know the same one again; personal data'),
    sa.Column('booked', sa.Boolean(), nullable=False, comment='whether its transfers are posted here'),
    sa.Column('corrects', sa.String(length=64), nullable=True, comment='the serial that it adjusts'),
    sa.Column('refusal', sa.Text(), nullable=True, comment='why it failed, or why its reversal was refused'),
    sa.Column('reason', sa.String(length=16), nullable=True, comment='of a reversal'),
    sa.Column('booked_on', sa.String(length=10), nullable=False, comment="this bank's business date"),
    sa.Column('due_at_ms', sa.BigInteger(), nullable=True, comment='when the acquirer must act; null: never'),
    sa.Column('asked', sa.String(length=128), nullable=True, comment='id of the last message to the account bank'),
    sa.Column('waits', sa.String(length=128), nullable=True, comment='id of the own call that waits for the decision'),
    sa.Column('changed_at_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('role', 'acquirer_city', 'acquirer_bank', 'business_date', 'serial', name=op.f('pk_deposits_serials'))
    )
    with op.batch_alter_table('deposits_serials', schema=None) as batch_op:
        batch_op.create_index('ix_deposits_serials_asked', ['asked'], unique=False)
        batch_op.create_index('ix_deposits_serials_booked_on', ['booked_on'], unique=False)
        batch_op.create_index('ix_deposits_serials_business_date_peer_city', ['business_date', 'peer_city'], unique=False)
        batch_op.create_index('ix_deposits_serials_card_booked_on', ['card', 'booked_on'], unique=False)
        batch_op.create_index('ix_deposits_serials_corrects', ['corrects'], unique=False)
        batch_op.create_index('ix_deposits_serials_due_at_ms', ['due_at_ms'], unique=False)
