// A chat of the plainest kind, which the `limits` benchmark compares the server with: each message is stored in SQLite,
// durably, and then told to everybody in the room. Usage: node server.js FILE
"use strict";

const { createServer } = require("node:http");
const Database = require("better-sqlite3");
const { Server } = require("socket.io");

const database = new Database(process.argv[2]);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat_id INTEGER NOT NULL,
  from_user TEXT NOT NULL,
  text TEXT NOT NULL,
  time TEXT NOT NULL,
  client_id TEXT NOT NULL UNIQUE
) STRICT`);
const insert = database.prepare(
  "INSERT INTO messages (chat_id, from_user, text, time, client_id) VALUES (?, ?, ?, ?, ?)",
);

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("join", () => {
    socket.join("1");
    socket.emit("joined");
  });
  socket.on("send", ({ chat_id, text, client_id }) => {
    const time = new Date().toISOString();
    const { lastInsertRowid: id } = insert.run(chat_id, socket.id, text, time, client_id);
    io.to("1").emit("message", { id: Number(id), chat_id, from: socket.id, text, time, client_id });
  });
});
http.listen(0, "127.0.0.1", () => console.log(`listening on ${http.address().port}`));
