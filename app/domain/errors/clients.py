"""Who calls, and what clients and their webhooks may be."""

from app.domain.errors.base import Refusal


class NotAuthenticated(Refusal):
    """A valid access token is needed."""

    title_vi = "Cần có mã truy cập hợp lệ."


class NotSignedIn(Refusal):
    """Nobody is signed in here, or not any more."""

    title_vi = "Chưa đăng nhập, hoặc phiên làm việc đã kết thúc."


class InvitationSpent(Refusal):
    """The link was used before, is too old, or is none of ours."""

    title_vi = "Liên kết đăng nhập đã được sử dụng, đã hết hạn hoặc không đúng."


class SignInRefused(Refusal):
    """Who came could not be made sure of, or has no place here."""

    title_vi = "Không xác nhận được người đăng nhập, hoặc tài khoản chưa được gắn với người dùng nào."


class AskedFromElsewhere(Refusal):
    """A page of another site has asked for this, and not a page of ours."""

    title_vi = "Yêu cầu không được gửi từ trang của hệ thống này."


class ConnectionNotSafe(Refusal):
    """People sign in over https, or on the machine itself."""

    title_vi = "Chỉ đăng nhập được qua kết nối https, hoặc ngay trên máy chủ."


class ClientUnknown(Refusal):
    """The client's id or secret is wrong."""

    title_vi = "Mã hoặc khóa bí mật của ứng dụng không đúng."


class GrantNotSupported(Refusal):
    """The only grant here is client_credentials."""

    title_vi = "Chỉ hỗ trợ cấp mã theo client_credentials."


class ScopeNotGranted(Refusal):
    """The client may not have a scope that it asks for."""

    title_vi = "Ứng dụng không được cấp phạm vi quyền đã yêu cầu."


class TokenOfAnotherClient(Refusal):
    """A client revokes its own tokens only."""

    title_vi = "Ứng dụng chỉ được thu hồi mã truy cập của chính mình."


class NotAllowed(Refusal):
    """This caller may not do that."""

    title_vi = "Không có quyền thực hiện thao tác này."


class TooManySecrets(Refusal):
    """A client has at most two secrets: remove one first."""

    title_vi = "Mỗi ứng dụng có tối đa hai khóa bí mật: hãy xóa bớt một khóa trước."


class BodyUnknown(Refusal):
    """There is no such body."""

    title_vi = "Không có cơ quan này."


class BodiesAreForReporters(Refusal):
    """Only a reporter reports for bodies."""

    title_vi = "Chỉ ứng dụng có vai trò báo cáo mới được gắn với cơ quan."


class ScopeBeyondRole(Refusal):
    """The client's role does not allow that scope."""

    title_vi = "Vai trò của ứng dụng không cho phép phạm vi quyền này."


class NoExternalIssuer(Refusal):
    """No external issuer of tokens is configured, so that a subject would mean nothing."""

    title_vi = "Chưa cấu hình nơi cấp mã bên ngoài nên không thể gắn chủ thể."


class WebhookTargetNotAllowed(Refusal):
    """The operator of this service does not let webhooks go there."""

    title_vi = "Đơn vị vận hành không cho phép gửi webhook tới địa chỉ này."


class TooManyWebhooks(Refusal):
    """The client has as many webhooks as it can have."""

    title_vi = "Ứng dụng đã có số webhook tối đa."


class WebhookDisabled(Refusal):
    """The webhook is disabled; enable it first."""

    title_vi = "Webhook đang bị tắt; hãy bật lại trước."
