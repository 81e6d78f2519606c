"""Access tokens: JWTs as RFC 9068 has them, our own and those of one external issuer.

Only this package touches python-jose's JWS.  That library accepts too much when asked loosely: so a token's size and
header are checked before anything, one algorithm and one key object are given, every claim is asked for, and whatever
goes wrong is the same refusal; which one it was is for the log alone.
"""

from app.security.token_keys import LIFETIME
from app.security.tokens.claims import Reason, TokenRefused, Verified
from app.security.tokens.own import ALGORITHM, AUDIENCE, TYPE, issue, verify

__all__ = ["ALGORITHM", "AUDIENCE", "LIFETIME", "TYPE", "Reason", "TokenRefused", "Verified", "issue", "verify"]
