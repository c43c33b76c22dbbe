"""The drug and the therapy that an order names, its product, and what is not known of whose product it is."""

from __future__ import annotations

from collections.abc import Iterable

from xl_infusion.claim.inputs import good, text
from xl_infusion.claim.spans import LAST
from xl_infusion.errors import NoTherapy, UnknownDrug, WrongInput, quoted
from xl_infusion.reference import DrugName, DrugRow, Reference, Therapy, TherapyName, products
from xl_infusion.reference.periods import ordinals
from xl_infusion.rules import fluid
from xl_infusion.rules import ndc as ndc_rule

#: What is not known of a drug's maker, and the days (ordinals) on which it matters.
Unknown = tuple[str, tuple[tuple[int, int], ...]]
SURE: Unknown = ("", ())
#: The drug, the therapy and its method that an order names.
Named = tuple[DrugName | str | None, Therapy | None, str]


class OrderedDrugs:
    """What orders name, with one reference."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def named(
        self, named: object, drug_cell: object, product_cell: object, ndc: str, dose: object, covered: bool
    ) -> Named:
        """The drug and the therapy of an order: the therapy that it names, else its drug's own.

        The drug's product, where makers have codes of their own, is the one named, or that of the NDC; of a fluid that
        is billed by the bag, the bag is the one of the dose. A Drug that names a therapy without a drug line (TPN) is
        that therapy. ``covered``: another order has the per diem, so that any of a drug's usual therapies will do.
        """
        therapy_text = text(good(named, "Therapy"), "Therapy")
        drug_text = text(good(drug_cell, "Drug"), "Drug")
        product = text(good(product_cell, "Product"), "Product")
        drug: DrugName | str | None = None
        therapy: Therapy | None = None
        method = ""
        if therapy_text:
            found = self.reference.therapy(therapy_text)
            therapy, method = found.therapy, found.method
        named_by_drug = self._therapy_as_drug(drug_text)
        if named_by_drug is not None:
            drug_text, therapy, method = "", *_agreed(named_by_drug, therapy, method, dose)
        if drug_text:
            drug = self.reference.drug_or_code(fluid.bag(self.reference, drug_text, dose))
            if isinstance(drug, DrugName):
                drug = self._product(drug, product, ndc)
            therapy = therapy or self._therapy_of(drug, covered)
        if therapy is None:
            raise WrongInput("Drug and Therapy are both blank: name the drug, or the therapy where no drug is billed")
        return drug, therapy, method

    def _therapy_of(self, drug: DrugName | str, covered: bool) -> Therapy:
        """The therapy of a drug; of one with several usual ones the first, where no per diem goes by it."""
        try:
            return self.reference.therapy_of(drug)
        except NoTherapy:
            usual = self.reference.row_of(drug).usual_therapies
            if not covered or not usual:
                raise
            return self.reference.therapies[usual[0]]

    def _therapy_as_drug(self, text: str) -> TherapyName | None:
        """The therapy without a drug line that stands in the Drug column, as pharmacy systems export TPN."""
        found = None if self.reference.curated(text) else self.reference.named_therapy(text)
        return None if found is None or found.therapy.needs_drug else found

    def _product(self, drug: DrugName, product: str, ndc: str) -> DrugName:
        """The drug with its product: by name, else by its NDC."""
        meant = self.reference.products_meant(drug)
        if product and (chosen := self._chosen(drug, product, meant)):
            return chosen
        if product:
            try:
                found = self.reference.name(f"{drug.drug} {product}")
            except UnknownDrug as error:
                raise error.at("Product") from None
            if found.drug != drug.drug or drug.product not in ("", found.product):
                raise UnknownDrug(f"Product {quoted(product)} is no product of {drug}: leave it blank, or mend it")
            return found
        if ndc and (meant or not drug.product):
            told = products.nearest(self.reference, ndc)
            if told is not None and (found_one := products.one_of(self.reference, told, meant)):
                return found_one
            if told is None:
                return DrugName(drug.drug, self.reference.product_of(drug.drug, ndc_rule.labeler(ndc)) or "")
            found_products = products.products_of(self.reference, told, drug.drug)
            return DrugName(drug.drug, found_products[0] if len(found_products) == 1 else "")
        return drug

    def _chosen(self, drug: DrugName, product: str, meant: Iterable[DrugRow]) -> DrugName | None:
        """The one of the products that a name may mean which Product names; None where it names none of them."""
        named = {self.reference.named(text) for text in (product, f"{drug.drug} {product}")}
        found = named & {DrugName(row.drug, row.product) for row in meant}
        return found.pop() if len(found) == 1 else None

    def maker(self, drug: DrugName | str | None, ndc: str) -> Unknown:
        """What is not known of whose product a drug is, with the days on which makers have codes of their own."""
        if not isinstance(drug, DrugName):
            return SURE
        meant = self.reference.products_meant(drug)
        if drug.product and not meant:
            return SURE
        told = products.nearest(self.reference, ndc) if ndc else None
        if told is not None:
            return self._told(drug.drug, told)
        if not meant and not self.reference.has_products(drug.drug):
            return SURE
        days = _periods(meant) if meant else self._days_of_products(drug.drug)
        if not ndc:
            return "neither its product nor its NDC is given", days
        if self.reference.product_of(drug.drug, ndc_rule.labeler(ndc)) is not None:
            return SURE
        unknown = f"the reference does not know labeler {ndc_rule.labeler(ndc)} of its NDC"
        return unknown, days

    def _told(self, drug: str, told: products.Told) -> Unknown:
        """What an imported crosswalk that has the NDC leaves open."""
        found = products.products_of(self.reference, told, drug)
        if len(found) > 1:
            return f"{told.text}, of several of its products", self._days_of_products(drug)
        if found:
            since = products.begun_since(self.reference, told, drug)
            return (f"{told.text}, before makers had codes of their own", _periods(since)) if since else SURE
        if products.other_drug(self.reference, told, drug):
            return SURE  # the NDC is wrong, and a check says so
        return f"{told.text}, which is no code of {drug} in the reference", ((1, LAST),)

    def _days_of_products(self, drug: str) -> tuple[tuple[int, int], ...]:
        """The days of the codes that makers of a drug have for their products."""
        return _periods(row for row in self.reference.rows_of_drug(drug) if row.product)


def _periods(rows: Iterable[DrugRow]) -> tuple[tuple[int, int], ...]:
    """The days of some rows, as ordinals."""
    return tuple(map(ordinals, rows))


def _agreed(named: TherapyName, therapy: Therapy | None, method: str, dose: object) -> tuple[Therapy, str]:
    """The therapy and the method of an order whose Drug names a therapy. Errors: `WrongInput` where cells disagree."""
    kind = named.therapy
    if therapy is not None and therapy != kind:
        raise WrongInput(
            f"Drug names a therapy, {kind.name}, and Therapy another, {therapy.name}: leave one of them blank"
        )
    if named.method and method and named.method != method:
        raise WrongInput(f"Drug says {named.method} and Therapy {method}: leave one of them blank")
    if dose is not None:
        raise WrongInput(f"Drug names a therapy: {without_drug(kind)}")
    return kind, named.method or method


def without_drug(kind: Therapy) -> str:
    """What to do about a Dose that has no drug."""
    if kind.needs_drug:
        return f"{kind.name} is billed with its drug; name it"
    volume = ", and type the fluid of a day into Volume, 2400 mL or 2.4 L" if kind.code_by == "volume" else ""
    return f"{kind.name} is billed without a dose; leave Dose blank{volume}, or name the drug that the dose is of"
