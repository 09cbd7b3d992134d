"""One set of pages in several forms, told from several pages."""

import pytest

from pipeline.delivery.page_forms import forms_of


@pytest.mark.parametrize(
    ("names", "forms"),
    [
        (["001.jpg", "002.jpg", "001.tif", "002.tif"], {"jpg": 2, "tif": 2}),
        (["JPG/001.JPG", "TIFF/001.tiff"], {"jpg": 1, "tif": 1}),
        (["001.jpg", "002.jpg", "001.pdf", "002.pdf"], {"jpg": 2, "pdf": 2}),
        (["001.jpg", "002.tif"], {}),
        (["001.jpg", "002.jpg", "全文.pdf"], {}),
        (["001.jpg", "001.jpeg"], {}),
        (["a/001.jpg", "b/001.jpg"], {}),
        (["001.wav", "001.mp3"], {}),
        (["001.jpg"], {}),
        ([], {}),
    ],
)
def test_forms(names: list[str], forms: dict[str, int]) -> None:
    found = forms_of((name.encode(), name) for name in names)
    assert {form.decode(): len(some) for form, some in found.items()} == forms
