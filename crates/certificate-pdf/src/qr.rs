//! The QR code: the address of the certificate, and the hash of the credential as its fragment. A fragment is not sent to
//! the server; the page it opens can compare it with the credential it holds.

use fast_qr::{ECL, QRBuilder};

use crate::RenderError;
use crate::draft::{Frame, Mark, Role};
use crate::ink::Ink;
use crate::press::Press;

/// Light modules around the code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;

impl Press<'_> {
    pub(crate) fn qr(&mut self, frame: Frame) -> Result<(), RenderError> {
        let content = content(&self.sheet.verify_url, self.credential_sha256);
        let code = QRBuilder::new(content)
            .ecl(ECL::M)
            .build()
            .map_err(|e| RenderError::Qr(e.to_string()))?;
        let rows: Vec<Vec<bool>> = (0..code.size)
            .map(|row| code[row].iter().map(|module| module.value()).collect())
            .collect();
        let module = frame.width / (code.size + 2 * QUIET) as f32;
        let margin = module * QUIET as f32;
        let alt = self
            .words
            .tell("qr-alt", &[("url", &self.words.isolated(&self.sheet.verify_url))])?;
        self.draft.open(Role::Figure { alt, frame });
        self.draft.draw(vec![
            Mark::Panel {
                frame,
                fill: Some(Ink::WHITE),
                stroke: None,
                corner: 0.0,
            },
            Mark::Modules {
                frame: Frame::new(
                    frame.x + margin,
                    frame.y + margin,
                    frame.width - 2.0 * margin,
                    frame.height - 2.0 * margin,
                ),
                rows,
            },
        ]);
        self.draft.close();
        Ok(())
    }
}

/// What the code says.
fn content(url: &str, credential_sha256: &str) -> String {
    format!("{url}#sha256={credential_sha256}")
}
