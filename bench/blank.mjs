/** Whether rows were blank on the screen: pictures as Chromium shows them, looked at in a second tab. */

/** @typedef {import('playwright-core').Page} Page */

/** Takes a picture of each frame that the browser shows. @param {Page} page */
export async function watchScreen(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {string[]} */
  const pictures = [];
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    pictures.push(data);
    void session.send('Page.screencastFrameAck', { sessionId });
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 80, everyNthFrame: 1 });
  return {
    async stop() {
      await session.send('Page.stopScreencast');
      await session.detach();
      return pictures;
    },
  };
}

/** More pictures are looked at by samples. */
const MOST = 200;

/** How many rows of the list are blank in each picture. @param {Page} page @param {readonly string[]} pictures @param {{ x: number, y: number, width: number, height: number }} box */
export async function blankRows(page, pictures, box) {
  const viewer = await page.context().newPage();
  try {
    /** @type {number[]} */
    const counts = [];
    const step = Math.max(1, Math.ceil(pictures.length / MOST));
    for (const picture of pictures.filter((_, i) => i % step === 0))
      counts.push(await viewer.evaluate(countBlank, { picture, box, rowHeight: 22 }));
    return counts;
  } finally {
    await viewer.close();
  }
}

/**
 * Runs in the page. A row with text has pixels that are much darker or lighter than its ground.
 * @param {{ picture: string, box: { x: number, y: number, width: number, height: number }, rowHeight: number }} given
 */
async function countBlank({ picture, box, rowHeight }) {
  const image = new Image();
  image.src = `data:image/jpeg;base64,${picture}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is nothing to draw on.');
  context.drawImage(image, 0, 0);
  let blank = 0;
  // Windows of two rows: one whole row lies in each, wherever it begins.
  for (let y = box.y + 2; y + 2 * rowHeight < box.y + box.height - 2; y += rowHeight) {
    const { data } = context.getImageData(box.x + 4, y, box.width - 24, 2 * rowHeight);
    let [darkest, lightest] = [255, 0];
    for (let i = 0; i < data.length; i += 4) {
      const light = ((data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0)) / 3;
      darkest = Math.min(darkest, light);
      lightest = Math.max(lightest, light);
    }
    if (lightest - darkest < 80) blank++;
  }
  return blank;
}
