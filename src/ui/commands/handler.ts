/** Does what a shortcut is for. False where there was nothing to do, so that the key means what it means to the browser. */
export type Handler = () => boolean;
