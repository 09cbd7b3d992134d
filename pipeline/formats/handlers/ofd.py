"""OFD (GB/T 33190-2016): a ZIP container, read to its end. Nothing here turns it into another format."""

from pipeline.domain.formats import OFD
from pipeline.formats import container
from pipeline.formats.handler import FormatHandler

HANDLER = FormatHandler(kinds=(OFD,), examine=container.examine_document)
