"""The strict YAML reader: what it refuses before anything is built, and its validation kit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.errors import ScorecardError
from scorecards.local_text import LocalText
from scorecards.scorecard_file import read_scorecard, template_text
from scorecards.strict_yaml import closest, read
from scorecards.yaml_safety import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, SAFE_LOADERS, Loader, compose

LAUGHS = "a: &a [x]\n" + "\n".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        (LAUGHS, "f.yaml:1", "anchor or alias"),
        ("a: 1\nb: *a", "f.yaml:2", "anchor or alias"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']", "f.yaml:2", "a tag"),
        ("a: !local x", "f.yaml:1", "a tag"),
        ("a: 1\n---\nb: 2", "f.yaml:2", "second document"),
        ("a: 1\nb: 2\na: 3", "f.yaml:3", "appears twice"),
        ("? [a, b]\n: 1", "f.yaml:1", "not plain text"),
        ("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "f.yaml:1", "nesting deeper"),
        ("- " * 5_000 + "x", "f.yaml:1", "nesting deeper"),
        ("[" + "1," * MAX_NODES + "1]", "f.yaml:1", "more than 20,000"),
        ("x" * (MAX_CHARACTERS + 1), "f.yaml", "too large"),
        ("", "f.yaml", "empty"),
        ("# only a remark\n", "f.yaml", "empty"),
        ("a: [1, 2\nb: 3", "f.yaml:2", "can't be read as YAML"),
        ("a: 1\n\tb: 2", "f.yaml:2", "can't be read as YAML"),
        ("a: \x00", "f.yaml", "can't be read as YAML"),
    ],
)
def test_refused_before_anything_is_built(text: str, where: str, says: str) -> None:
    with pytest.raises(ScorecardError) as caught:
        read(text, "f.yaml")
    assert caught.value.where == where
    assert says in str(caught.value)
    assert caught.value.cure is not None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("currency: JPY", "currency: YEN", "'YEN' is not known. Did you mean 'JPY'?"),
        ("currency: JPY", "currency: usd", "Did you mean 'USD'?"),
        ("currency: JPY", "currency: ABC", "'ABC' is not known. Write an ISO 4217 code"),
        ("confidence: 0.95", "confidence: 95", "Did you mean '0.95'?"),
        ("currency: JPY", "curency: JPY", "Did you mean 'currency'? Possible: scorecard, title, candidate"),
    ],
)
def test_what_was_meant_is_guessed(old: str, new: str, says: str) -> None:
    text = template_text("meeting")
    assert old in text
    with pytest.raises(ScorecardError) as caught:
        read_scorecard(text.replace(old, new), "f.yaml")
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["x" * 3_000, "a,b,c\n" * 500, "confidence: " + "9x" * 500, "y" * 500 + ": 1"])
def test_messages_do_not_repeat_a_whole_file(text: str) -> None:
    with pytest.raises(ScorecardError) as caught:
        read_scorecard(text, "f.yaml")
    assert len(str(caught.value)) < 400
    assert text[:45] not in str(caught.value)


@pytest.mark.parametrize("loader", SAFE_LOADERS)
@pytest.mark.parametrize("text", [LAUGHS, "a: !local x", "a: 1\n---\nb: 2", "- " * 500 + "x", "a: [1, 2\nb: 3", "\x00"])
def test_every_loader_refuses(loader: Loader, text: str) -> None:
    with pytest.raises(ScorecardError):
        compose(text, "f.yaml", loader)


def test_all_loaders_see_the_same_file() -> None:
    for text in (template_text("meeting"), "a: 1\nb:\nc: ''\nd: |\n  two\n  lines\n"):
        first, *others = [read(text, "f.yaml", loader) for loader in SAFE_LOADERS]
        assert all(other == first for other in others)
        assert len(SAFE_LOADERS) == len(others) + 1


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"#%@`?, \n\t0.1"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = read(text, "f.yaml")
    except ScorecardError as error:
        assert error.where.startswith("f.yaml")
    else:
        assert node.line >= 1


DOCUMENT = read(
    """title: no
share: 1e-3
count: 12
wide: ５
on: yes
empty:
quoted: "~"
list: [a, b]
both: {ja: 日本語, en: English}
""",
    "f.yaml",
)


class TestScalars:
    fields = DOCUMENT.entries()

    def test_they_are_read_as_what_is_asked_for(self) -> None:
        assert self.fields["title"].text() == "no"
        assert self.fields["title"].flag() is False
        assert self.fields["on"].flag() is True
        assert self.fields["share"].number() == 0.001
        assert self.fields["count"].whole_number() == 12
        assert self.fields["wide"].number() == 5
        assert self.fields["quoted"].text() == "~"
        assert self.fields["both"].local_text() == LocalText(ja="日本語", en="English")
        assert [item.text() for item in self.fields["list"].items()] == ["a", "b"]

    def test_each_knows_its_line(self) -> None:
        assert [node.line for name, node in self.fields.items() if name != "empty"] == [1, 2, 3, 4, 5, 7, 8, 9]

    def test_an_empty_value_is_no_text(self) -> None:
        with pytest.raises(ScorecardError, match="'empty' is empty"):
            self.fields["empty"].text()
        assert self.fields["empty"].text(allow_empty=True) == ""
        assert self.fields["empty"].items() == ()

    def test_an_empty_optional_key_counts_as_absent(self) -> None:
        given = read("a: 1\nb:", "f.yaml").fields(required=("a",), optional=("b", "c"))
        assert set(given) == {"a"}

    def test_a_wrong_kind_is_told(self) -> None:
        with pytest.raises(ScorecardError, match=r"'title' must be a list, but is a single value"):
            self.fields["title"].items()
        with pytest.raises(ScorecardError, match=r"'list' must be keys with values, but is a list"):
            self.fields["list"].fields(required=())

    def test_too_few_and_too_long(self) -> None:
        with pytest.raises(ScorecardError, match="at least 3 entries"):
            self.fields["list"].items(at_least=3)
        with pytest.raises(ScorecardError, match="too long"):
            self.fields["both"].fields(("ja", "en"))["en"].text(longest=3)


@pytest.mark.parametrize(
    ("limits", "says"),
    [({"at_least": 13}, "at least 13"), ({"at_most": 11}, "at most 11"), ({"above": 12}, "above 12")],
)
def test_numbers_out_of_range_name_the_limit(limits: dict[str, float], says: str) -> None:
    with pytest.raises(ScorecardError, match=says):
        DOCUMENT.entries()["count"].number(**limits)


def test_the_closest_word_ignores_case_and_gives_up_on_strangers() -> None:
    assert closest("Emebdding_Only", ["all_weights", "embedding_only"]) == "embedding_only"
    assert closest("banana", ["all_weights", "embedding_only"]) is None
