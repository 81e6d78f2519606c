"""Which of our two languages a caller prefers (RFC 9110, section 12.5.4)."""


def prefers_vietnamese(accept_language: str | None) -> bool:
    """Say whether Vietnamese is asked for more than English; without a wish the answer is English."""
    weights = _weights(accept_language)
    return weights["vi"] > weights["en"]


def prefers_english(accept_language: str | None) -> bool:
    """Say whether English is asked for more than Vietnamese; without a wish what people open is in Vietnamese."""
    weights = _weights(accept_language)
    return weights["en"] > weights["vi"]


def _weights(accept_language: str | None) -> dict[str, float]:
    weights = {"vi": 0.0, "en": 0.0}
    for part in (accept_language or "").split(",")[:20]:
        name, _, quality = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], quality_of(quality))
    return weights


def quality_of(parameter: str) -> float:
    """Read the quality of what is preferred, from 0 to 1; one that cannot be read wants nothing (RFC 9110, 12.4.2)."""
    try:
        quality = float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
