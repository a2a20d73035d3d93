"""The drop area: sends files to the upload route straight from the browser, then tells the page which upload it was."""

from __future__ import annotations

import secrets

import streamlit as st

from dashboard.screen import Screen
from dashboard.uploads import max_upload_bytes

_HTML = """
<label class="area" tabindex="0">
  <input type="file" multiple accept=".csv,.tsv,.txt,.parquet,.pq,.xlsx,.data,.dat">
  <span class="title"></span>
  <span class="hint"></span>
  <progress max="100" value="0" hidden></progress>
  <span class="message" role="status"></span>
</label>
"""

_CSS = """
.area { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .45rem; min-height: 11rem;
  padding: 1.2rem; box-sizing: border-box; text-align: center; border: 1.5px dashed var(--st-border-color);
  border-radius: var(--st-base-radius); background: var(--st-secondary-background-color); color: var(--st-text-color);
  font-family: var(--st-font); cursor: pointer; }
.area.over, .area:hover, .area:focus-within { border-color: var(--st-primary-color); }
.area input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.title { font-weight: 700; line-height: 1.6; }
.hint { font-size: .85rem; line-height: 1.6; opacity: .75; max-width: 34em; }
progress { width: 80%; accent-color: var(--st-primary-color); }
.message { font-size: .9rem; line-height: 1.6; }
.message.bad { color: var(--st-red-text-color); font-weight: 700; }
"""

_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const find = (name) => parentElement.querySelector(name)
  const area = find(".area"), input = find("input"), bar = find("progress"), message = find(".message")
  find(".title").textContent = data.title
  find(".hint").textContent = data.hint

  const say = (text, bad) => { message.textContent = text; message.classList.toggle("bad", Boolean(bad)) }
  const put = (file, done, total) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open("PUT", data.endpoint + data.upload + "/" + encodeURIComponent(file.name.normalize("NFC")))
    request.upload.onprogress = (event) => { bar.value = 100 * (done + event.loaded) / Math.max(total, 1) }
    request.onerror = () => reject(new Error(data.failed))
    request.onload = () => {
      if (request.status === 201) { resolve(); return }
      let text = data.failed
      try { text = JSON.parse(request.responseText)[data.language] || text } catch (error) { text = data.failed }
      reject(new Error(file.name + ": " + text))
    }
    request.send(file)
  })
  const send = async (files) => {
    if (!files.length || area.dataset.busy) return
    area.dataset.busy = "1"
    bar.hidden = false
    const total = files.reduce((sum, file) => sum + file.size, 0)
    let done = 0
    try {
      for (const file of files) {
        say(data.sending + ": " + file.name)
        await put(file, done, total)
        done += file.size
      }
      setTriggerValue("uploaded", data.upload)
    } catch (error) {
      say(error.message, true)
    }
    bar.hidden = true
    delete area.dataset.busy
  }
  input.onchange = () => { const files = [...input.files]; input.value = ""; send(files) }
  area.ondragover = (event) => { event.preventDefault(); area.classList.add("over") }
  area.ondragleave = () => area.classList.remove("over")
  area.ondrop = (event) => {
    event.preventDefault()
    area.classList.remove("over")
    send([...event.dataTransfer.files])
  }
}
"""

_DROP = st.components.v2.component("blueprint_drop_area", html=_HTML, css=_CSS, js=_JS)


def drop_area(screen: Screen) -> str | None:
    """Show the drop area; return the id of an upload in the run in which it has arrived."""
    upload = st.session_state.setdefault("next_upload", secrets.token_hex(16))
    words = screen.words
    limit = f"{max_upload_bytes() / 1e9:.3g} GB" if max_upload_bytes() >= 1e9 else f"{max_upload_bytes() / 1e6:.3g} MB"
    result = _DROP(
        data={
            "title": words("new.drop"),
            "hint": words("new.drop_hint", limit=limit),
            "sending": words("new.uploading"),
            "failed": words("new.upload_failed"),
            "language": screen.language,
            "endpoint": "api/uploads/",
            "upload": upload,
        },
        key="drop_area",
        on_uploaded_change=lambda: None,
    )
    arrived = result.uploaded
    if arrived != upload:
        return None
    del st.session_state["next_upload"]
    return str(arrived)
