// Carries questions about sentences to Python, and the answers back to the review beside it.
export default function ({ data, setTriggerValue }) {
  const stop = new AbortController();
  window.addEventListener("fairterms-ask", (event) => setTriggerValue("ask", event.detail), { signal: stop.signal });
  const tell = () => window.dispatchEvent(new CustomEvent("fairterms-why", { detail: data }));
  window.addEventListener("fairterms-why-asked", tell, { signal: stop.signal }); // the review may come up after this
  tell();
  return () => stop.abort();
}
