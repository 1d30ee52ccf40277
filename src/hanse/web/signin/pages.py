"""Signing in and out, one's own account, and proving again who one is."""

from typing import Final

from hanse.foundation.languages import Text
from hanse.web.page import SIGNED_IN, Page, Section
from hanse.web.signin import elsewhere, own_account, password, proving, sample

SIGN_IN: Final = Section(
    name="signin",
    title=Text("登录", "Sign in"),
    package="hanse.web.signin",
    pages=(
        Page(
            "sign_in",
            "/sign-in",
            Text("登录", "Sign in"),
            password.sign_in,
            submit=password.try_password,
        ),
        Page(
            "sign_in_sample",
            "/sign-in/sample",
            Text("以演示身份登录", "Sign in as a sample identity"),
            password.sign_in,
            submit=sample.be_sample,
        ),
        Page(
            "elsewhere",
            "/sign-in/elsewhere/{provider}",
            Text("由身份提供方登录", "Sign in elsewhere"),
            elsewhere.begin,
            example={"provider": "none"},
        ),
        Page(
            "elsewhere_back",
            "/sign-in/elsewhere/{provider}/back",
            Text("登录返回", "Back from signing in"),
            elsewhere.back,
            example={"provider": "none"},
        ),
        Page(
            "prove",
            "/sign-in/prove",
            Text("再次确认身份", "Prove it again"),
            proving.ask,
            submit=proving.prove,
            access=SIGNED_IN,
        ),
        Page(
            "sign_out",
            "/sign-out",
            Text("退出", "Sign out"),
            sample.signed_out,
            submit=sample.sign_out,
            access=SIGNED_IN,
        ),
        Page(
            "account",
            "/account",
            Text("我的账号", "My account"),
            own_account.account,
            submit=own_account.change,
            access=SIGNED_IN,
            proved=True,
        ),
    ),
)
