/** The view in the address: after the #, which browsers keep to themselves and send to no server. */

const base64 = {
  encode: (bytes) =>
    btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", ""),
  decode: (letters) =>
    Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0)),
};

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** Put a view into the address. */
export async function remember(view) {
  const bytes = new TextEncoder().encode(JSON.stringify(view));
  const packed = await through(new CompressionStream("deflate-raw"), bytes);
  history.replaceState(null, "", `#view=${base64.encode(packed)}`);
  document.getElementById("nav-lecture").href = `/lecture${location.hash}`;
}

/** Forget the view. */
export const forget = () => history.replaceState(null, "", location.pathname);

/** The view that the address holds; null when it holds none. Throws when it is not whole. */
export async function recall() {
  const found = location.hash.match(/^#view=([\w-]+)$/);
  if (!found) return null;
  const bytes = await through(new DecompressionStream("deflate-raw"), base64.decode(found[1]));
  return JSON.parse(new TextDecoder().decode(bytes));
}
