"""A year of orders for the second shipped workbook: invented, plausible, and the same on every machine.

Nothing in it is from a provider, a payer or a patient. 300 patients, six payers whose contracts differ, starts from
December 2024 to November 2025, so that every order ends on a day through which the codes are verified:

- Three of four patients are on anti-infectives: one to four courses of 14 to 42 days (mostly 14, 28 and 42), the drug
  by the weights in `orders.COURSES`; one course of eight has a second drug that starts up to four days later and ends
  by itself, a few a third, so that a quarter of the patients have concurrent therapies.
- The others come back all year: TPN and inotropes in orders of 28 days, immune globulin on one or two days of every 28,
  hydration for two weeks of every eight, steroids, pain, fluorouracil over 46 hours of every 14 days.
- A nurse comes on the first day of a course (an hour and a half to two and a half) and weekly after it; to those who
  come back all year once an order.
- Rates are round numbers about where published fee schedules lie, costs a fifth to a third below them.
- What was paid is what the contract comes to, but for the mistakes of `payments.COUNTS` that are put in.

The weights are guesses at the mix of a home infusion pharmacy, made to be looked at and not to be relied on.
"""

from xl_infusion.template.year.tables import year

__all__ = ["year"]
