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
