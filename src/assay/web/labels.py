"""Names of statistical methods, as figures show them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay.stats.intervals import Method

METHODS: dict[Method, str | Promise] = {
    Method.WILSON: _("Wilson score interval"),
    Method.WILSON_EFFECTIVE: _("Wilson score interval on the effective sample size"),
    Method.CLOPPER_PEARSON: _("Exact interval (Clopper–Pearson)"),
    Method.KORN_GRAUBARD: _("Korn–Graubard interval for weighted samples"),
    Method.HYPERGEOMETRIC: _("Exact interval for a finite population"),
    Method.CENSUS: _("Complete count: no sampling error"),
    Method.STUDENT: _("Student t interval"),
    Method.FIELLER: _("Fieller interval of a ratio"),
    Method.NEWCOMBE: _("Newcombe interval of a difference"),
    Method.NORMAL: _("Normal interval"),
    Method.CREDIBLE: _("Credible interval"),
}


def method_label(method: Method) -> str:
    """Name a method; a new one without a name shows its code rather than failing the page."""
    return str(METHODS.get(method, method))
