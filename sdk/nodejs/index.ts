export * from "./attachment.js";
export * from "./backend.js";
export * from "./functions.js";
export * from "./snapshot.js";
export * from "./types.js";
export * from "./volume.js";
