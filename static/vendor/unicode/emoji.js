// Made by bin/emoji of unicode-emoji-json 0.9.0 and CLDR 48.2 (cldr-annotations-full); licences beside this file.
// Each kind its emoji, a flag as its two letters; then the names of all but those flags, in the same order, and more
// words, each with the places of the emoji it is for, as steps in base 36.
export const EMOJI = {
  smileys: `😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 🫠 😉 😊 😇 🥰 😍 🤩 😘 😗 ☺️ 😚 😙 🥲 😋 😛 😜 🤪 😝 🤑 🤗 🤭 🫢 🫣 🤫 🤔 🫡 🤐 🤨 😐 😑 😶 🫥 😶‍🌫️ 😏 😒 🙄 😬 😮‍💨 🤥 🫨 😌 😔 😪 🤤 😴 😷 🤒 🤕 🤢 🤮 🤧 🥵 🥶 🥴 😵 😵‍💫 🤯 🤠 🥳 🥸 😎 🤓 🧐 😕 🫤 😟 🙁 ☹️ 😮 😯 😲 😳 🥺 🥹 😦 😧 😨 😰 😥 😢 😭 😱 😖 😣 😞 😓 😩 😫 🥱 😤 😡 😠 🤬 😈 👿 💀 ☠️ 💩 🤡 👹 👺 👻 👽 👾 🤖 😺 😸 😹 😻 😼 😽 🙀 😿 😾 🙈 🙉 🙊 💌 💘 💝 💖 💗 💓 💞 💕 💟 ❣️ 💔 ❤️‍🔥 ❤️‍🩹 ❤️ 🩷 🧡 💛 💚 💙 🩵 💜 🤎 🖤 🩶 🤍 💋 💯 💢 💥 💫 💦 💨 🕳️ 💬 👁️‍🗨️ 🗨️ 🗯️ 💭 💤`,
  people: `👋 🤚 🖐️ ✋ 🖖 🫱 🫲 🫳 🫴 🫷 🫸 👌 🤌 🤏 ✌️ 🤞 🫰 🤟 🤘 🤙 👈 👉 👆 🖕 👇 ☝️ 🫵 👍 👎 ✊ 👊 🤛 🤜 👏 🙌 🫶 👐 🤲 🤝 🙏 ✍️ 💅 🤳 💪 🦾 🦿 🦵 🦶 👂 🦻 👃 🧠 🫀 🫁 🦷 🦴 👀 👁️ 👅 👄 🫦 👶 🧒 👦 👧 🧑 👱 👨 🧔 👩 🧓 👴 👵 🙍 🙎 🙅 🙆 💁 🙋 🧏 🙇 🤦 🤷 🧑‍⚕️ 🧑‍🎓 🧑‍🏫 🧑‍⚖️ 🧑‍🌾 🧑‍🍳 🧑‍🔧 🧑‍🏭 🧑‍💼 🧑‍🔬 🧑‍💻 🧑‍🎤 🧑‍🎨 🧑‍✈️ 🧑‍🚀 🧑‍🚒 👮 🕵️ 💂 🥷 👷 🫅 🤴 👸 👳 👲 🧕 🤵 👰 🤰 🫃 🫄 🤱 🧑‍🍼 👼 🎅 🤶 🧑‍🎄 🦸 🦹 🧙 🧚 🧛 🧜 🧝 🧞 🧟 🧌 💆 💇 🚶 🧍 🧎 🧑‍🦯 🧑‍🦼 🧑‍🦽 🏃 💃 🕺 🕴️ 👯 🧖 🧗 🤺 🏇 ⛷️ 🏂 🏌️ 🏄 🚣 🏊 ⛹️ 🏋️ 🚴 🚵 🤸 🤼 🤽 🤾 🤹 🧘 🛀 🛌 🧑‍🤝‍🧑 👭 👫 👬 💏 💑 🗣️ 👤 👥 🫂 👪 👣`,
  animals: `🐵 🐒 🦍 🦧 🐶 🐕 🦮 🐕‍🦺 🐩 🐺 🦊 🦝 🐱 🐈 🐈‍⬛ 🦁 🐯 🐅 🐆 🐴 🫎 🫏 🐎 🦄 🦓 🦌 🦬 🐮 🐂 🐃 🐄 🐷 🐖 🐗 🐽 🐏 🐑 🐐 🐪 🐫 🦙 🦒 🐘 🦣 🦏 🦛 🐭 🐁 🐀 🐹 🐰 🐇 🐿️ 🦫 🦔 🦇 🐻 🐻‍❄️ 🐨 🐼 🦥 🦦 🦨 🦘 🦡 🐾 🦃 🐔 🐓 🐣 🐤 🐥 🐦 🐧 🕊️ 🦅 🦆 🦢 🦉 🦤 🪶 🦩 🦚 🦜 🪽 🐦‍⬛ 🪿 🐸 🐊 🐢 🦎 🐍 🐲 🐉 🦕 🦖 🐳 🐋 🐬 🦭 🐟 🐠 🐡 🦈 🐙 🐚 🪸 🪼 🦀 🦞 🦐 🦑 🦪 🐌 🦋 🐛 🐜 🐝 🪲 🐞 🦗 🪳 🕷️ 🕸️ 🦂 🦟 🪰 🪱 🦠 💐 🌸 💮 🪷 🏵️ 🌹 🥀 🌺 🌻 🌼 🌷 🪻 🌱 🪴 🌲 🌳 🌴 🌵 🌾 🌿 ☘️ 🍀 🍁 🍂 🍃 🪹 🪺 🍄`,
  food: `🍇 🍈 🍉 🍊 🍋 🍌 🍍 🥭 🍎 🍏 🍐 🍑 🍒 🍓 🫐 🥝 🍅 🫒 🥥 🥑 🍆 🥔 🥕 🌽 🌶️ 🫑 🥒 🥬 🥦 🧄 🧅 🥜 🫘 🌰 🫚 🫛 🍞 🥐 🥖 🫓 🥨 🥯 🥞 🧇 🧀 🍖 🍗 🥩 🥓 🍔 🍟 🍕 🌭 🥪 🌮 🌯 🫔 🥙 🧆 🥚 🍳 🥘 🍲 🫕 🥣 🥗 🍿 🧈 🧂 🥫 🍱 🍘 🍙 🍚 🍛 🍜 🍝 🍠 🍢 🍣 🍤 🍥 🥮 🍡 🥟 🥠 🥡 🍦 🍧 🍨 🍩 🍪 🎂 🍰 🧁 🥧 🍫 🍬 🍭 🍮 🍯 🍼 🥛 ☕ 🫖 🍵 🍶 🍾 🍷 🍸 🍹 🍺 🍻 🥂 🥃 🫗 🥤 🧋 🧃 🧉 🧊 🥢 🍽️ 🍴 🥄 🔪 🫙 🏺`,
  travel: `🌍 🌎 🌏 🌐 🗺️ 🗾 🧭 🏔️ ⛰️ 🌋 🗻 🏕️ 🏖️ 🏜️ 🏝️ 🏞️ 🏟️ 🏛️ 🏗️ 🧱 🪨 🪵 🛖 🏘️ 🏚️ 🏠 🏡 🏢 🏣 🏤 🏥 🏦 🏨 🏩 🏪 🏫 🏬 🏭 🏯 🏰 💒 🗼 🗽 ⛪ 🕌 🛕 🕍 ⛩️ 🕋 ⛲ ⛺ 🌁 🌃 🏙️ 🌄 🌅 🌆 🌇 🌉 ♨️ 🎠 🛝 🎡 🎢 💈 🎪 🚂 🚃 🚄 🚅 🚆 🚇 🚈 🚉 🚊 🚝 🚞 🚋 🚌 🚍 🚎 🚐 🚑 🚒 🚓 🚔 🚕 🚖 🚗 🚘 🚙 🛻 🚚 🚛 🚜 🏎️ 🏍️ 🛵 🦽 🦼 🛺 🚲 🛴 🛹 🛼 🚏 🛣️ 🛤️ 🛢️ ⛽ 🛞 🚨 🚥 🚦 🛑 🚧 ⚓ 🛟 ⛵ 🛶 🚤 🛳️ ⛴️ 🛥️ 🚢 ✈️ 🛩️ 🛫 🛬 🪂 💺 🚁 🚟 🚠 🚡 🛰️ 🚀 🛸 🛎️ 🧳 ⌛ ⏳ ⌚ ⏰ ⏱️ ⏲️ 🕰️ 🌑 🌒 🌓 🌔 🌕 🌖 🌗 🌘 🌙 🌚 🌛 🌜 🌡️ ☀️ 🌝 🌞 🪐 ⭐ 🌟 🌠 🌌 ☁️ ⛅ ⛈️ 🌤️ 🌥️ 🌦️ 🌧️ 🌨️ 🌩️ 🌪️ 🌫️ 🌬️ 🌀 🌈 🌂 ☂️ ☔ ⛱️ ⚡ ❄️ ☃️ ⛄ ☄️ 🔥 💧 🌊`,
  activities: `🎃 🎄 🎆 🎇 🧨 ✨ 🎈 🎉 🎊 🎋 🎍 🎎 🎏 🎐 🎑 🧧 🎀 🎁 🎗️ 🎟️ 🎫 🎖️ 🏆 🏅 🥇 🥈 🥉 ⚽ ⚾ 🥎 🏀 🏐 🏈 🏉 🎾 🥏 🎳 🏏 🏑 🏒 🥍 🏓 🏸 🥊 🥋 🥅 ⛳ ⛸️ 🎣 🤿 🎽 🎿 🛷 🥌 🎯 🪀 🪁 🔫 🎱 🔮 🪄 🎮 🕹️ 🎰 🎲 🧩 🧸 🪅 🪩 🪆 ♠️ ♥️ ♦️ ♣️ ♟️ 🃏 🀄 🎴 🎭 🖼️ 🎨 🧵 🪡 🧶 🪢`,
  objects: `👓 🕶️ 🥽 🥼 🦺 👔 👕 👖 🧣 🧤 🧥 🧦 👗 👘 🥻 🩱 🩲 🩳 👙 👚 🪭 👛 👜 👝 🛍️ 🎒 🩴 👞 👟 🥾 🥿 👠 👡 🩰 👢 🪮 👑 👒 🎩 🎓 🧢 🪖 ⛑️ 📿 💄 💍 💎 🔇 🔈 🔉 🔊 📢 📣 📯 🔔 🔕 🎼 🎵 🎶 🎙️ 🎚️ 🎛️ 🎤 🎧 📻 🎷 🎺 🪗 🎸 🎹 🎻 🪕 🥁 🪘 🪇 🪈 📱 📲 ☎️ 📞 📟 📠 🔋 🪫 🔌 💻 🖥️ 🖨️ ⌨️ 🖱️ 🖲️ 💽 💾 💿 📀 🧮 🎥 🎞️ 📽️ 🎬 📺 📷 📸 📹 📼 🔍 🔎 🕯️ 💡 🔦 🏮 🪔 📔 📕 📖 📗 📘 📙 📚 📓 📒 📃 📜 📄 📰 🗞️ 📑 🔖 🏷️ 🪙 💰 💴 💵 💶 💷 💸 💳 🧾 💹 ✉️ 📧 📨 📩 📤 📥 📦 📫 📪 📬 📭 📮 🗳️ ✏️ ✒️ 🖋️ 🖊️ 🖌️ 🖍️ 📝 💼 📁 📂 🗂️ 📅 📆 🗒️ 🗓️ 📇 📈 📉 📊 📋 📌 📍 📎 🖇️ 📏 📐 ✂️ 🗃️ 🗄️ 🗑️ 🔒 🔓 🔏 🔐 🔑 🗝️ 🔨 🪓 ⛏️ ⚒️ 🛠️ 🗡️ ⚔️ 💣 🪃 🏹 🛡️ 🪚 🔧 🪛 🔩 ⚙️ 🗜️ ⚖️ 🦯 🔗 ⛓️ 🪝 🧰 🧲 🪜 ⚗️ 🧪 🧫 🧬 🔬 🔭 📡 💉 🩸 💊 🩹 🩼 🩺 🩻 🚪 🛗 🪞 🪟 🛏️ 🛋️ 🪑 🚽 🪠 🚿 🛁 🪤 🪒 🧴 🧷 🧹 🧺 🧻 🪣 🧼 🫧 🪥 🧽 🧯 🛒 🚬 ⚰️ 🪦 ⚱️ 🧿 🪬 🗿 🪧 🪪`,
  symbols: `🏧 🚮 🚰 ♿ 🚹 🚺 🚻 🚼 🚾 🛂 🛃 🛄 🛅 ⚠️ 🚸 ⛔ 🚫 🚳 🚭 🚯 🚱 🚷 📵 🔞 ☢️ ☣️ ⬆️ ↗️ ➡️ ↘️ ⬇️ ↙️ ⬅️ ↖️ ↕️ ↔️ ↩️ ↪️ ⤴️ ⤵️ 🔃 🔄 🔙 🔚 🔛 🔜 🔝 🛐 ⚛️ 🕉️ ✡️ ☸️ ☯️ ✝️ ☦️ ☪️ ☮️ 🕎 🔯 🪯 ♈ ♉ ♊ ♋ ♌ ♍ ♎ ♏ ♐ ♑ ♒ ♓ ⛎ 🔀 🔁 🔂 ▶️ ⏩ ⏭️ ⏯️ ◀️ ⏪ ⏮️ 🔼 ⏫ 🔽 ⏬ ⏸️ ⏹️ ⏺️ ⏏️ 🎦 🔅 🔆 📶 🛜 📳 📴 ⚧️ ✖️ ➕ ➖ ➗ 🟰 ♾️ ‼️ ⁉️ ❓ ❔ ❕ ❗ 〰️ 💱 💲 ⚕️ ♻️ ⚜️ 🔱 📛 🔰 ⭕ ✅ ☑️ ✔️ ❌ ❎ ➰ ➿ 〽️ ✳️ ✴️ ❇️ ©️ ®️ ™️ 🔠 🔡 🔢 🔣 🔤 🅰️ 🆎 🅱️ ℹ️ Ⓜ️ 🅾️ 🅿️ 🔴 🟠 🟡 🟢 🔵 🟣 🟤 ⚫ ⚪ 🟥 🟧 🟨 🟩 🟦 🟪 🟫 ⬛ ⬜ ◼️ ◻️ ◾ ◽ ▪️ ▫️ 🔶 🔷 🔸 🔹 🔺 🔻 💠 🔘 🔳 🔲`,
  flags: `🏁 🚩 🎌 🏴 🏳️ 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`,
  en: `grinning face|grinning face with big eyes|grinning face with smiling eyes|beaming face with smiling eyes|grinning squinting face|grinning face with sweat|rolling on the floor laughing|face with tears of joy|slightly smiling face|upside-down face|melting face|winking face|smiling face with smiling eyes|smiling face with halo|smiling face with hearts|smiling face with heart-eyes|star-struck|face blowing a kiss|kissing face|smiling face|kissing face with closed eyes|kissing face with smiling eyes|smiling face with tear|face savoring food|face with tongue|winking face with tongue|zany face|squinting face with tongue|money-mouth face|smiling face with open hands|face with hand over mouth|face with open eyes and hand over mouth|face with peeking eye|shushing face|thinking face|saluting face|zipper-mouth face|face with raised eyebrow|neutral face|expressionless face|face without mouth|dotted line face|face in clouds|smirking face|unamused face|face with rolling eyes|grimacing face|face exhaling|lying face|shaking face|relieved face|pensive face|sleepy face|drooling face|sleeping face|face with medical mask|face with thermometer|face with head-bandage|nauseated face|face vomiting|sneezing face|hot face|cold face|woozy face|face with crossed-out eyes|face with spiral eyes|exploding head|cowboy hat face|partying face|disguised face|smiling face with sunglasses|nerd face|face with monocle|confused face|face with diagonal mouth|worried face|slightly frowning face|frowning face|face with open mouth|hushed face|astonished face|flushed face|pleading face|face holding back tears|frowning face with open mouth|anguished face|fearful face|anxious face with sweat|sad but relieved face|crying face|loudly crying face|face screaming in fear|confounded face|persevering face|disappointed face|downcast face with sweat|weary face|tired face|yawning face|face with steam from nose|enraged face|angry face|face with symbols on mouth|smiling face with horns|angry face with horns|skull|skull and crossbones|pile of poo|clown face|ogre|goblin|ghost|alien|alien monster|robot|grinning cat|grinning cat with smiling eyes|cat with tears of joy|smiling cat with heart-eyes|cat with wry smile|kissing cat|weary cat|crying cat|pouting cat|see-no-evil monkey|hear-no-evil monkey|speak-no-evil monkey|love letter|heart with arrow|heart with ribbon|sparkling heart|growing heart|beating heart|revolving hearts|two hearts|heart decoration|heart exclamation|broken heart|heart on fire|mending heart|red heart|pink heart|orange heart|yellow heart|green heart|blue heart|light blue heart|purple heart|brown heart|black heart|grey heart|white heart|kiss mark|hundred points|anger symbol|collision|dizzy|sweat droplets|dashing away|hole|speech balloon|eye in speech bubble|left speech bubble|right anger bubble|thought balloon|ZZZ|waving hand|raised back of hand|hand with fingers splayed|raised hand|vulcan salute|rightwards hand|leftwards hand|palm down hand|palm up hand|leftwards pushing hand|rightwards pushing hand|OK hand|pinched fingers|pinching hand|victory hand|crossed fingers|hand with index finger and thumb crossed|love-you gesture|sign of the horns|call me hand|backhand index pointing left|backhand index pointing right|backhand index pointing up|middle finger|backhand index pointing down|index pointing up|index pointing at the viewer|thumbs up|thumbs down|raised fist|oncoming fist|left-facing fist|right-facing fist|clapping hands|raising hands|heart hands|open hands|palms up together|handshake|folded hands|writing hand|nail polish|selfie|flexed biceps|mechanical arm|mechanical leg|leg|foot|ear|ear with hearing aid|nose|brain|anatomical heart|lungs|tooth|bone|eyes|eye|tongue|mouth|biting lip|baby|child|boy|girl|person|person: blond hair|man|person: beard|woman|older person|old man|old woman|person frowning|person pouting|person gesturing NO|person gesturing OK|person tipping hand|person raising hand|deaf person|person bowing|person facepalming|person shrugging|health worker|student|teacher|judge|farmer|cook|mechanic|factory worker|office worker|scientist|technologist|singer|artist|pilot|astronaut|firefighter|police officer|detective|guard|ninja|construction worker|person with crown|prince|princess|person wearing turban|person with skullcap|woman with headscarf|person in tuxedo|person with veil|pregnant woman|pregnant man|pregnant person|breast-feeding|person feeding baby|baby angel|Santa Claus|Mrs. Claus|Mx Claus|superhero|supervillain|mage|fairy|vampire|merperson|elf|genie|zombie|troll|person getting massage|person getting haircut|person walking|person standing|person kneeling|person with white cane|person in motorized wheelchair|person in manual wheelchair|person running|woman dancing|man dancing|person in suit levitating|people with bunny ears|person in steamy room|person climbing|person fencing|horse racing|skier|snowboarder|person golfing|person surfing|person rowing boat|person swimming|person bouncing ball|person lifting weights|person biking|person mountain biking|person cartwheeling|people wrestling|person playing water polo|person playing handball|person juggling|person in lotus position|person taking bath|person in bed|people holding hands|women holding hands|woman and man holding hands|men holding hands|kiss|couple with heart|speaking head|bust in silhouette|busts in silhouette|people hugging|family|footprints|monkey face|monkey|gorilla|orangutan|dog face|dog|guide dog|service dog|poodle|wolf|fox|raccoon|cat face|cat|black cat|lion|tiger face|tiger|leopard|horse face|moose|donkey|horse|unicorn|zebra|deer|bison|cow face|ox|water buffalo|cow|pig face|pig|boar|pig nose|ram|ewe|goat|camel|two-hump camel|llama|giraffe|elephant|mammoth|rhinoceros|hippopotamus|mouse face|mouse|rat|hamster|rabbit face|rabbit|chipmunk|beaver|hedgehog|bat|bear|polar bear|koala|panda|sloth|otter|skunk|kangaroo|badger|paw prints|turkey|chicken|rooster|hatching chick|baby chick|front-facing baby chick|bird|penguin|dove|eagle|duck|swan|owl|dodo|feather|flamingo|peacock|parrot|wing|black bird|goose|frog|crocodile|turtle|lizard|snake|dragon face|dragon|sauropod|T-Rex|spouting whale|whale|dolphin|seal|fish|tropical fish|blowfish|shark|octopus|spiral shell|coral|jellyfish|crab|lobster|shrimp|squid|oyster|snail|butterfly|bug|ant|honeybee|beetle|lady beetle|cricket|cockroach|spider|spider web|scorpion|mosquito|fly|worm|microbe|bouquet|cherry blossom|white flower|lotus|rosette|rose|wilted flower|hibiscus|sunflower|blossom|tulip|hyacinth|seedling|potted plant|evergreen tree|deciduous tree|palm tree|cactus|sheaf of rice|herb|shamrock|four leaf clover|maple leaf|fallen leaf|leaf fluttering in wind|empty nest|nest with eggs|mushroom|grapes|melon|watermelon|tangerine|lemon|banana|pineapple|mango|red apple|green apple|pear|peach|cherries|strawberry|blueberries|kiwi fruit|tomato|olive|coconut|avocado|eggplant|potato|carrot|ear of corn|hot pepper|bell pepper|cucumber|leafy green|broccoli|garlic|onion|peanuts|beans|chestnut|ginger root|pea pod|bread|croissant|baguette bread|flatbread|pretzel|bagel|pancakes|waffle|cheese wedge|meat on bone|poultry leg|cut of meat|bacon|hamburger|french fries|pizza|hot dog|sandwich|taco|burrito|tamale|stuffed flatbread|falafel|egg|cooking|shallow pan of food|pot of food|fondue|bowl with spoon|green salad|popcorn|butter|salt|canned food|bento box|rice cracker|rice ball|cooked rice|curry rice|steaming bowl|spaghetti|roasted sweet potato|oden|sushi|fried shrimp|fish cake with swirl|moon cake|dango|dumpling|fortune cookie|takeout box|soft ice cream|shaved ice|ice cream|doughnut|cookie|birthday cake|shortcake|cupcake|pie|chocolate bar|candy|lollipop|custard|honey pot|baby bottle|glass of milk|hot beverage|teapot|teacup without handle|sake|bottle with popping cork|wine glass|cocktail glass|tropical drink|beer mug|clinking beer mugs|clinking glasses|tumbler glass|pouring liquid|cup with straw|bubble tea|beverage box|mate|ice|chopsticks|fork and knife with plate|fork and knife|spoon|kitchen knife|jar|amphora|globe showing Europe-Africa|globe showing Americas|globe showing Asia-Australia|globe with meridians|world map|map of Japan|compass|snow-capped mountain|mountain|volcano|mount fuji|camping|beach with umbrella|desert|desert island|national park|stadium|classical building|building construction|brick|rock|wood|hut|houses|derelict house|house|house with garden|office building|Japanese post office|post office|hospital|bank|hotel|love hotel|convenience store|school|department store|factory|Japanese castle|castle|wedding|Tokyo tower|Statue of Liberty|church|mosque|hindu temple|synagogue|shinto shrine|kaaba|fountain|tent|foggy|night with stars|cityscape|sunrise over mountains|sunrise|cityscape at dusk|sunset|bridge at night|hot springs|carousel horse|playground slide|ferris wheel|roller coaster|barber pole|circus tent|locomotive|railway car|high-speed train|bullet train|train|metro|light rail|station|tram|monorail|mountain railway|tram car|bus|oncoming bus|trolleybus|minibus|ambulance|fire engine|police car|oncoming police car|taxi|oncoming taxi|automobile|oncoming automobile|sport utility vehicle|pickup truck|delivery truck|articulated lorry|tractor|racing car|motorcycle|motor scooter|manual wheelchair|motorized wheelchair|auto rickshaw|bicycle|kick scooter|skateboard|roller skate|bus stop|motorway|railway track|oil drum|fuel pump|wheel|police car light|horizontal traffic light|vertical traffic light|stop sign|construction|anchor|ring buoy|sailboat|canoe|speedboat|passenger ship|ferry|motor boat|ship|airplane|small airplane|airplane departure|airplane arrival|parachute|seat|helicopter|suspension railway|mountain cableway|aerial tramway|satellite|rocket|flying saucer|bellhop bell|luggage|hourglass done|hourglass not done|watch|alarm clock|stopwatch|timer clock|mantelpiece clock|new moon|waxing crescent moon|first quarter moon|waxing gibbous moon|full moon|waning gibbous moon|last quarter moon|waning crescent moon|crescent moon|new moon face|first quarter moon face|last quarter moon face|thermometer|sun|full moon face|sun with face|ringed planet|star|glowing star|shooting star|milky way|cloud|sun behind cloud|cloud with lightning and rain|sun behind small cloud|sun behind large cloud|sun behind rain cloud|cloud with rain|cloud with snow|cloud with lightning|tornado|fog|wind face|cyclone|rainbow|closed umbrella|umbrella|umbrella with rain drops|umbrella on ground|high voltage|snowflake|snowman|snowman without snow|comet|fire|droplet|water wave|jack-o-lantern|Christmas tree|fireworks|sparkler|firecracker|sparkles|balloon|party popper|confetti ball|tanabata tree|pine decoration|Japanese dolls|carp streamer|wind chime|moon viewing ceremony|red envelope|ribbon|wrapped gift|reminder ribbon|admission tickets|ticket|military medal|trophy|sports medal|1st place medal|2nd place medal|3rd place medal|soccer ball|baseball|softball|basketball|volleyball|american football|rugby football|tennis|flying disc|bowling|cricket game|field hockey|ice hockey|lacrosse|ping pong|badminton|boxing glove|martial arts uniform|goal net|flag in hole|ice skate|fishing pole|diving mask|running shirt|skis|sled|curling stone|bullseye|yo-yo|kite|water pistol|pool 8 ball|crystal ball|magic wand|video game|joystick|slot machine|game die|puzzle piece|teddy bear|piñata|mirror ball|nesting dolls|spade suit|heart suit|diamond suit|club suit|chess pawn|joker|mahjong red dragon|flower playing cards|performing arts|framed picture|artist palette|thread|sewing needle|yarn|knot|glasses|sunglasses|goggles|lab coat|safety vest|necktie|t-shirt|jeans|scarf|gloves|coat|socks|dress|kimono|sari|one-piece swimsuit|briefs|shorts|bikini|woman’s clothes|folding hand fan|purse|handbag|clutch bag|shopping bags|backpack|thong sandal|man’s shoe|running shoe|hiking boot|flat shoe|high-heeled shoe|woman’s sandal|ballet shoes|woman’s boot|hair pick|crown|woman’s hat|top hat|graduation cap|billed cap|military helmet|rescue worker’s helmet|prayer beads|lipstick|ring|gem stone|muted speaker|speaker low volume|speaker medium volume|speaker high volume|loudspeaker|megaphone|postal horn|bell|bell with slash|musical score|musical note|musical notes|studio microphone|level slider|control knobs|microphone|headphone|radio|saxophone|trumpet|accordion|guitar|musical keyboard|violin|banjo|drum|long drum|maracas|flute|mobile phone|mobile phone with arrow|telephone|telephone receiver|pager|fax machine|battery|low battery|electric plug|laptop|desktop computer|printer|keyboard|computer mouse|trackball|computer disk|floppy disk|optical disk|dvd|abacus|movie camera|film frames|film projector|clapper board|television|camera|camera with flash|video camera|videocassette|magnifying glass tilted left|magnifying glass tilted right|candle|light bulb|flashlight|red paper lantern|diya lamp|notebook with decorative cover|closed book|open book|green book|blue book|orange book|books|notebook|ledger|page with curl|scroll|page facing up|newspaper|rolled-up newspaper|bookmark tabs|bookmark|label|coin|money bag|yen banknote|dollar banknote|euro banknote|pound banknote|money with wings|credit card|receipt|chart increasing with yen|envelope|e-mail|incoming envelope|envelope with arrow|outbox tray|inbox tray|package|closed mailbox with raised flag|closed mailbox with lowered flag|open mailbox with raised flag|open mailbox with lowered flag|postbox|ballot box with ballot|pencil|black nib|fountain pen|pen|paintbrush|crayon|memo|briefcase|file folder|open file folder|card index dividers|calendar|tear-off calendar|spiral notepad|spiral calendar|card index|chart increasing|chart decreasing|bar chart|clipboard|pushpin|round pushpin|paperclip|linked paperclips|straight ruler|triangular ruler|scissors|card file box|file cabinet|wastebasket|locked|unlocked|locked with pen|locked with key|key|old key|hammer|axe|pick|hammer and pick|hammer and wrench|dagger|crossed swords|bomb|boomerang|bow and arrow|shield|carpentry saw|wrench|screwdriver|nut and bolt|gear|clamp|balance scale|white cane|link|chains|hook|toolbox|magnet|ladder|alembic|test tube|petri dish|dna|microscope|telescope|satellite antenna|syringe|drop of blood|pill|adhesive bandage|crutch|stethoscope|x-ray|door|elevator|mirror|window|bed|couch and lamp|chair|toilet|plunger|shower|bathtub|mouse trap|razor|lotion bottle|safety pin|broom|basket|roll of paper|bucket|soap|bubbles|toothbrush|sponge|fire extinguisher|shopping cart|cigarette|coffin|headstone|funeral urn|nazar amulet|hamsa|moai|placard|identification card|ATM sign|litter in bin sign|potable water|wheelchair symbol|men’s room|women’s room|restroom|baby symbol|water closet|passport control|customs|baggage claim|left luggage|warning|children crossing|no entry|prohibited|no bicycles|no smoking|no littering|non-potable water|no pedestrians|no mobile phones|no one under eighteen|radioactive|biohazard|up arrow|up-right arrow|right arrow|down-right arrow|down arrow|down-left arrow|left arrow|up-left arrow|up-down arrow|left-right arrow|right arrow curving left|left arrow curving right|right arrow curving up|right arrow curving down|clockwise vertical arrows|counterclockwise arrows button|BACK arrow|END arrow|ON! arrow|SOON arrow|TOP arrow|place of worship|atom symbol|om|star of David|wheel of dharma|yin yang|latin cross|orthodox cross|star and crescent|peace symbol|menorah|dotted six-pointed star|khanda|Aries|Taurus|Gemini|Cancer|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces|Ophiuchus|shuffle tracks button|repeat button|repeat single button|play button|fast-forward button|next track button|play or pause button|reverse button|fast reverse button|last track button|upwards button|fast up button|downwards button|fast down button|pause button|stop button|record button|eject button|cinema|dim button|bright button|antenna bars|wireless|vibration mode|mobile phone off|transgender symbol|multiply|plus|minus|divide|heavy equals sign|infinity|double exclamation mark|exclamation question mark|red question mark|white question mark|white exclamation mark|red exclamation mark|wavy dash|currency exchange|heavy dollar sign|medical symbol|recycling symbol|fleur-de-lis|trident emblem|name badge|Japanese symbol for beginner|hollow red circle|check mark button|check box with check|check mark|cross mark|cross mark button|curly loop|double curly loop|part alternation mark|eight-spoked asterisk|eight-pointed star|sparkle|copyright|registered|trade mark|input latin uppercase|input latin lowercase|input numbers|input symbols|input latin letters|A button (blood type)|AB button (blood type)|B button (blood type)|information|circled M|O button (blood type)|P button|red circle|orange circle|yellow circle|green circle|blue circle|purple circle|brown circle|black circle|white circle|red square|orange square|yellow square|green square|blue square|purple square|brown square|black large square|white large square|black medium square|white medium square|black medium-small square|white medium-small square|black small square|white small square|large orange diamond|large blue diamond|small orange diamond|small blue diamond|red triangle pointed up|red triangle pointed down|diamond with a dot|radio button|white square button|black square button|chequered flag|triangular flag|crossed flags|black flag|white flag|rainbow flag|transgender flag|pirate flag`,
  enWords: `143 f 3 2 1 2z 1 1 1 1 1 1 1 6 1 1 1 1 1 1 1 2 1
accessibility 5u 1 4 u 1l 1 1 1a 1 ag 1 aq m
adorbs h 33 5 5z
adult 6f 2 2 1 1 1
aeroplane ky 1 1 1
alcohol gx 1 1 1 1
amusement j6 1 1
anger 2r 1 1
angry 2r 1 a 18 9
animal 37 1 1 1 1 1 1 1 1 2 1 62 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 1 1 3 1 1 1 1 1 1 2 1 1 1 1 2 1 1 2 1 1 1 1 1 1 1 1 3 1 1 1 1 1 1 1 1 1 2 2 2 2 2 1 1 1 1 1 1 1 4 1
animals 9p 8 f 2 h
anniversary 3l 4 1 5m 1 3s
anxious 23 b 2 3u
arrived jf 2 db
arrow yi 1 1 1 1 1 1 1 1 1 1 1 1 1
awesome 1 n 1a 2z m hj
awful 1f 12 5
awkward 12 1 1 6 z
bae f 2 3 8o 1 1 1 1 1
bag lc 4i 3
ball 8s b ek 1 1 1 1 1 1 2 1 1 2 1 16
balloon 4h 1 1
bank su 5 1 2 3f 34
bar gv 1 1 1 1 1 1 b9 3s 2u
bathing pn 1 1 1 6c
bathroom vq e h 1 1 2
beach 1y 6v 3f 1 1 7 14 8e 3r 8
bearer c3 mc 2
beauty 69 21 4y 2
bedtime 1i 18 6h
bestie 8l n 1 1 1
beverage gu 1 2
bff 8l n 1 1 1 5
big 2a 7q 1 1
bike 8y 1 bb a3 2l
bill sv 1 1 1 1
billion su 4 1 6n
biologist 76 o1 1
bird be 1 1 1 1 1 2 1 1 1 1 1 1 1 1 1 1 1 2 1x
birthday 1w b9 9w 1 a
blame 2e 8 7
blind 8e 1c l8
blow 1b ci 8n
blue 1q p mz 1 6x 5c
boat kr 1 1 2 2
body 2x 31 2 6 1 1 1
boom 4b 15 hh 1 7p
booze gx 1 1 1 1
bored 18 7 1b 31
box nc 3r 24 1 1 1t
bread ey 2 2 c
breakfast ey 4 1 1 5 b 1 4 q x
bright 1y 4e 1 1 fj 1 1
bro 1y 3i d o
building i6 1 2 1 1 1 1 1 1 1 1 1 1 1 h 1
burn 3u 8p a9
bus jm 3 1
candy gl 2 83
car jl a 2 1 1 1 1 1 h o
card ot 1 1 1 2 7h 4e 2
cardinal x7 2 2 2
cars jo 8 2
cash su 4 1 1 3h 35
cat a0 1 1
catch 4u 49 ly
celebrate 1w f6 5z 1 1 1n
celebration 1w 3o 2c 1 1 8j 6e 1 1 1 3 1 1 1 1 1 1 1 1 2 1 1 3 1a 1l b9
cell rc 1 5q 20 2 1
checked ws 32 1 1
cheese fc c g6
child 6d 1 34
chop 8a 6y f9
christian io fa 1
christmas 7w 1 1 5l 9t
cinema rw 1 1
clean w2 1 1
cleaning vy 4 3
closed 4 h 6 2l qy 3
clothes pb 3 1 5 9 1 1 4 1 3 3 3 1
clothing 9j d0 1 1 2n 5 1 1 5 1 1 4 1 2 1 1 4 1 3 1 2 2 1 1 1 4
cloud 4e 6 hu 1 1
club gx 1 1
cold 5 1e w 8 em f 4o c 1 1 3 2n 2
collar 75 i9 d
comic 2z 1b 1 1 1 1 2 4 1 i8 5f 2f 6r
communication qn p 1 2 1 1 17 i 3 1 c 5h 2
computer 77 ke 2 1 2 2 1 1 7a
confused 1t 9 i
contact s6 34 1
cooking hb 1 2 2
cool o 1a nu
cost 28 h q5
couple 98 1 1 1 1
crazy p 1 n w
creature 31 1 1 1 1 4z 4c
cross 95 9j 7q
crying 6 1 19 18
cup gu 1 ew
currency sv 1 1 1 4 6k
cut 8a az ax l
cycle 8y 1 bb
cyclist 8y 1 bb
dance 8i 1 g8 11 d 15
dancer 8i 1 2
data tw 1 1
date i 2 1 2z 6 5m 3t db 3b
dating i 2 1 35 i 50 1 1 1 1 1
dead 13 p h o 1 59 o2 1
death 2x 1 tb 2
dejected 5 1a 17
dentist 1a 9 4l
desert am 1 2z
dessert g8 4 1 1 1 1 1 1 1 2 1 1 1
devil 2v 1 5
dinner cc 4z 1
direction hn fk 1 1 1 1 1 1 1
disappointed 1f n e 47 1
disbelief v 6 18 4m
dizzy 1r 1 1 ko
doctor 1j 5e be 70 61 2 3 1
document sl 2 3t
dollar st 1 5
done 5r u3 1 1
double 8l q1 4 3 2 1
down b6 i0 r
dress pm 5 2 1 1 8 3
dressed pe 1 5 7
drink gq 1 1 1 1 1 1 1 1 2 2 2 1 3 8
drinking gx 1 1 1 1 fi i
drinks gx 1 1 1 1
drive jq 5 4 2 1
drove jw 2 o
earth hh 1 1 1
eat n en 21 1 1
education px e 21 1 1 1 1 1 1
elderly 6k 1 1
electric jc 3b 5l 1
elegant 8i 1 4r
email t3 1 1 1 1 1
embarrassed a 1z 2 15
emergency jr t 4s
emotion 3k 1 1 1 1 1 1 1 2 3 1 2 1 1 1 1 3 2 km
entertainment j5 3s 1a 6 7 3 e 2 1x
epic p 1i c
evil 2v 1 19 3v oc
excited 5 b 1g 17 j 1 1w 3h e2
experiment pb 5v 3
extraterrestrial 34 1 s5
eye p 1 1 2l lw 1 1 72
eyed g 5w 1 1
eyes 4 c a 1 10 j 12
face 6 a 2h 1 1 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2o 1p e 15 f 1 5 8 b f 7 2 1 s 9 e6 60
fail 2m 2 u8
fairy d 2i 1 1 4 1 1 1 1 4e 1 b 1 1 1 a 3w 1 cd
fairytale d 2i 1 1 4 1 1 1 1 4e 1 b 7 2 40 1 cd
falling dr 1 8b
fancy 20 nk 9 h
fantasy d 2i 1 5 1 1 1 1 4e 1 b 1 1 1 3 1 3 1 2 ga 3w 1 1 1 1
farm a3 3 5 1 2 1 1 2 2 1 3z
fast 4e 43 6t 1 ap
feels 7 8 1d p 3 3 1 1 2 1 1
feet 5x 5g em
festive 8i 1 g7
fine 12 1 5
finger 4q e 2 1 1 2 1 1
fish ce 1 m1
fishing 8u 2f 13
five 4p 6 1 t
flip 6r 29 gy
flirt b 6 1 2 1 m 53 2y 1 1 1 gh
flower d5 1 2 2 2 1 1 1 1
fly bm a 92 3h 4k
food cm 1 1h 1 6 1 1 1 2 2 1 3 1 5 1 4 1 1 1 3 6 1 1 1 5 1 2 4 2 5 1 1 1 1 1 1 1 1 1 2 5 1 2 1 8 2 4 d 6
forbidden 3g 1 1 37 k2 65 1 1 1 1 2 1 1
forgot 26 7 13
fortune oi 7v 1q
friends 98 1 1 1 5
fruit dx 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 3 24
frustrated 22 i 9 3u
full n 3m 3i 1
funny 6 1 i
game 35 kl 5 2 1 2 1 b 1 4 4 1 7 1 1 1 2 1 1 ci
garden cp 2 1 3 de
geometric 10k 4 3 1 8 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
gesture 3g 1 1 1g m 5 y 2 1 2 1 1
glasses 1x 2 na
gold ni 1 5a 1
good z h 2 24 z s 1 5 2g 18 e3
goodnight 1i 18 1v 4m
graph t2 u 1 1
green 8s 4s m8
grinning 3 d u
gross r v 1
growth df fn u
haha 4 2 1 3
halloween 33 50 4 1r 6n 1 69
hand 4q 8 3 2 1 2 1 1 1 1 1 1 1 1 1 1 19 1 ir 6w
happy 0 1 1 1 1 2 1 1 5 6 3 1a 74 7h
hat 1w 5l 5 ip 1 2
headache 2l 2 5m
heart h 32 p u 4a 8u 1 da
heat a 1f k jq
heavy 3s e9 h9 1 i 3
hehe 6 1 2
hide w 9 2b
high 4p 6 1 t dp
hold 4r 1 2 1 1 2
holiday 7w 1 1
home du 49 2 1 1 c9 c 2
homie 17 4c s8
hooray 1w 3o hi
horoscope y5 1 1 1 1 1 1 1 1 1 1 1
hot a 1z kj 30 4v
hotel 97 c4 4l 5r 1
hours if 2z 2
hungry n 21 cj 3 2 20
ily e 1 2 1 2 1 2z 1 1 1 1 2 7 2 1 1 1 1 3 x
improvement ug c 2
insect cq 1 1 1 1 1 1 1 1 3 1
instrument r1 1 1 1 1 1 3 1 1
intercardinal x8 2 2 2
islam ip 4 f7
japanese fx b 6w 1 1v ck
jealous 12 1 5
jewish ir f4 7 1
joy 6 g 1p
judaism ir f4 7 1
justice 70 nx 3e
kick 5w 1 k2 1
kid 6c 1 1
kiss 69 1 33
kisses f 5 1 30 1 1 3
lab s5 1 30 1 2
lady 6j 3 j5 3
large q a1 10 o2
laugh 0 2 2 3 32
lavatory wl 1 1 2
letter t3 1 1 1 1 1
library se 1 1 1 1
life cj 87 ai
lift 4u gc ae
light bs b7 58 2 1 1 6r 2m
like 3x 5 1b
lmao 6 1 2q
lock ub 3 1
lol 2 2 2 1 3 2z
love e 1 2 1 3 2p a 4 2 4 2 1 2 1 1 1 1 3 w j 3r 1 4 3o 5
luck z 42 i9
mad 2k 4 3 1 1 1 1g 9 ba 15
magic 81 4 ev 1i 1s
mail 3j pk 2 1 1 1 6
makeup 5r kp 55
man 7h u ee 1 9v
mark 3s oy 1 4y
mask 31 1 lz
math u4 1 55 1 1
medicine 1j gs d1 1 1 3 46
meh 12 1 2 w 1
merry 7w 1 1
mexican ff 1 1
milk ab 3 7 65 g
million su 5 6n
money 52 i8 38 2b 2 1 1 1 2 2 3f 34 1
monster 2x 1 1 2 1 1 1 2 52
morning 3m d6 27 1
mountain 8n 93 1
mouth 1 1 2 1 1m o s
movie fr c6 1 1 71
multiplication z8 p 1
music qm 9 1 1 1 3 1 1 1 2 1 1 2 1
muslim ip 4 f7
myth 82 3 1
nap 1i 17 1 6h
nature cp 4 2 r 44 1 19 3i 5 6 1
nervous 5 1y c 8 10 2n
newborn 6b 1j 3p 57
nice 0 3 l 4v
night l v 2 18 w z 4m cv 1
not 13 y 9 6 11 1 37 6 jw 65 1 1 1 1 2 1 1
note qs 23 1 1 1 1
ocean 84 p 3f 1 1 1 5 2 1 ab
omg r 4 8 a g d 1 1 18 2q k 5
one 67 4f f2
oops u 2o dm
open 1 1 2 1 2a s r4
ornithology bf 1 2 1 1 1 1 1 1 1 1 1 2 1 1 2 1
out o 1 2
outlined j yy 1 1y
packing lc bf 1
painting p2 1 4h
paper sl 1 1 1 1 1h 2
park j6 1 1
party o 1 7w 8e 64 1n 1 1i 11
pastry g6 b 1 2
pay sz 1 6m
peace 1e 3m 45 2h 1m
pearl co 4i ex
person 1x 5j 1 l 1a 1
pest cx 4 1
pet 9o 1 7 1 10 1 1
phone 5s lm 1 7o 2
plane 7a do 1 1 1 br
plant d5 1 3 1 2 1 1 1 1 1 4 1 1 1 1 1 14 8b
please 2a 1 3e
postbox ta 1 1 1
pot fo 15 c1
pray 5n 2 s3
predator a0 1 1
pretty 2a 9k w
prohibited 3g 1 1 n9 65 2 1 1 1 1 1 1
proud m 1p 9j
pulse 3n 1 2e
punctuation 3s vm 1 1 1 1 1 1
purple 2v 1 v 9p
quiet v 2 3 4 2e n1 8
racing 8h 1p 9z hd
railway jb 2 1 1 2 1
rain mj 1 2
reading se 1 1 1 1
receive rd 1s 3
red 1p 13 3a 78 z z fu 3q 2
relax 4y 3b d j
religion io 1 2 1 1 7m 7d 2 1 1 1 1 1 1 2 2
restaurant ex o g 2 3 6 1 1 8 1 8 2 f ay
restroom wl 1 3
rich 20 qt 1 3
riding 8p 9 1
right tw 4p 3
rock 54 c 1s 1f fp 7l
rofl 4 2 1
romance e 1 34 1 h 7 54 1 3s 5g 7w 1
romantic f 2 3j
royal 7i 1 1 io
royalty 7i 1 1 io
sad 1f 1 l 2 1 1 5 1 6 1 2 2 1 1 1 p f j0
sarcastic a 4o 1t
scales 70 nx 3e
scared v 1 1g 1 1 1 4 4 t
scary 2c 1 o 2 50 4
school jn 6a 27 8 6 1d
science d4 f1 1 30 3 1 1
sea 84 4d 1 1 88
secret u 6 4 2c 1 1 3y
sent t5 1 1
sexy b 3x 22
shade 12 5 2 1j 1 2 1
shake 4r 1 w lm
shock u 1 i 5i
shocked 1u c 2 b
shoe py 3 3 2
shoes pz 1 3 3
shopping pe 1 5 7 2 1 5 1 3 3
sick 1j 1 2 1 1 4 tk 2
sign wf q 1 22 2 1
signal kl 1 eh
silent 14 pf 8
silver 46 je 59
ski 8r 6x 5i
sleep 2q 1v 4m mg
sleepy 2o 2 1v
slice fc 16 2
sly 17 69 2f
small q 49 7n 27
smh 18 1r h 3f
smile 0 1 1 1 1 1 3 1 3 1 1 1 1 3 2 1 1 n o x c 1 2
smiley m p i
smiling 0 1 3 1 i n 1x
smoke 1b 33 sj 2
snow 8q fk 1
sound 5y kl 1 1 1 1 1 2 1 2 1 4 1
space 34 1 46 dx 1 b 1 1 1 1 1 1 1 1 1 1 3 6 1 n
special 3x 5 4
sport 8p 2 2 2 3 1 3 1 ba 34 5 1 2 2 1 1 2 a 2 3 d8
spring ct d a
star 4c 2w fs
stick g3 5 7p 1 1 7h
stop 4o 1 6 1 fp 1
stressed 5 1y a
stuck o 1 2
suit pn 1 1 1
sunny fl 6c 2
surprise u 1 6 c z 1 kz
surprised 23 3 1 c u
sweet o 39 10 bb 4 1 1 1 1 1 1 1 2 1 1 1 1 i
tale d 2i 1 1 4 1 1 1 1 4e 1 b 1 1 1 4 6 3w 1 cd
tbt r0 11 2
tear 6 2b 1 w jf
teeth 0 1 2 1n 4e 1z 2y l3
telephone rc 1 5q 20 2 1
theme j6 1 1
throw 1n 79 7
tick zu 1 1
time 2g ix 2 1 1 2
tired 1g 2 a w 2 1v 4m
toilet vr 9 l 1 1 2
tool he 2 39 23 1o 2 3n 1 3 1x a 2 1 1 5 2 1 1 1 1 1 1 8 4 1 2 4e 2
train jb 1 6 y
travel jb 1 2 2 1d 4 1 6 5 3 b2 e
trend t2 u 1
triangle u5 4g 2 1 1 2
trip jl 8g 4r
trolleybus jc 7 3
tropical bt 1s i 1
twins 98 1 1 1 ow
ufo 34 1 i5
ugh 18 1 3p
unhappy 12 1 5 15 4 1 4 2 3 1 1
upset 2s 1 1h 2d 1 95
valentine 3j 1 1 9p
vegetable ed 4 1 1 3 1 5 4
vehicle jk 3 3 1 4 2 1 3 1 1 g l
video ol 2f y 2 1 1
water 4d cr 1 5o 8z 2n
weapon he 2 70 65 1 2 1 1
weather lw 1 2 6 1 2 1 1 1 1 1 1 1 2 1 3 3 5
wedding 7o 1 is 1
what 11 18 3 1 2l
whatever r b 1 2 3 1 9 k o 31 10 5
white 3r 2d 11 40 aw 3a cd
whoa 1d g d 1
win 1y k4 1f 2r 2m 8o
wise 6k 1 1 54
witch 81 gi 7f
woah 1t e c
woman 7t ia 6j
world hh 1 1 1
wow g x t 3 3 1
xmas 7w 1 1
xoxo f 2 1 2 31 1 1 3 5m
yellow jv 1 fw
yolo p 2 26 ih 1j
you e 3 1 1o 2g q 9 3s
young 6b 1 1 1 73
younger 6c 1 1
zodiac 6e 3l d 7 2 1i 9 8 g 4g d9 8 38 1 1 1 1 1 1 1 1 1 1 1 1
zoo a1 1 b 6 1h
zzz 1i 18 6h`,
  ro: `față încântată|față încântată cu ochii mari|față încântată cu ochi zâmbitori|față radioasă cu ochi zâmbitori|față încântată cu ochii întredeschiși|față încântată cu sudoare rece|tăvălindu-se pe jos de râs|față cu lacrimi de bucurie|față ușor zâmbitoare|față cu susul în jos|față care se topește|față care face cu ochiul|față zâmbitoare cu ochi zâmbitori|față zâmbitoare cu aură|față zâmbitoare cu inimioare|față zâmbitoare cu inimioare la ochi|față cu steluțe la ochi|față care trimite un pupic|față pupăcioasă|față zâmbitoare|față pupăcioasă cu ochi închiși|față pupăcioasă cu ochi zâmbitori|față zâmbind cu lacrimă|față savurând mâncare delicioasă|față cu limba scoasă|față cu limba scoasă, făcând cu ochiul|față nebună|față cu limba scoasă și ochii întredeschiși|față încântată de bani|față cu gest de îmbrățișare|față cu mâna peste gură|față cu ochii deschiși și palma la gură|față care trage cu ochiul|față care șâșâie|față gânditoare|față care salută|față cu fermoar la buze|față cu sprânceană ridicată|față neutră|față fără expresie|față fără gură|față cu contur punctat|față în nori|față cu zâmbet superior|față morocănoasă|față care dă ochii peste cap|față cu grimasă|față care expiră|fața mincinoasă|față zgâlțâită|față ușurată|față îngândurată|față somnoroasă|față care salivează|față adormită|față cu mască medicală|față cu termometru|față cu capul bandajat|față îngrețoșată|față vomitând|față care strănută|față fierbinte|față înghețată|față cherchelită|față amețită|față cu ochi în spirală|cap care explodează|față cu pălărie de cowboy|față de petrecere|față deghizată|față zâmbitoare cu ochelari de soare|față de tocilar|față cu monoclu|față confuză|față cu gura pe diagonală|față îngrijorată|față ușor tristă|față tristă|față cu gura deschisă|față amuțită|față uimită|față îmbujorată|față rugătoare|față cu lacrimi în ochi|față tristă cu gura deschisă|față angoasată|față înfricoșată|față neliniștită cu sudoare rece|față dezamăgită, dar ușurată|față plângând|față plângând zgomotos|față țipând de frică|față derutată|față neajutorată|față dezamăgită|față abătută cu sudoare rece|față extenuată|față obosită|față care cască|față care scoate fum pe nări|față îmbufnată|față furioasă|față cu simboluri la gură|față zâmbitoare încornorată|față mânioasă încornorată|craniu|craniu cu oase încrucișate|răhățel|față de clovn|căpcăun|spiriduș|fantomă|extraterestru|monstru extraterestru|robot|pisică încântată|pisică încântată cu ochi zâmbitori|pisică cu lacrimi de bucurie|pisică zâmbitoare cu inimioare la ochi|pisică cu zâmbet ironic|pisică pupăcioasă|pisică surprinsă|pisică plângând|pisică îmbufnată|nu văd nimic rău|nu aud nimic rău|nu spun nimic rău|scrisoare de dragoste|inimă săgetată|inimă cu fundiță|inimă strălucitoare|inimă care crește|inimă palpitând|inimi învârtindu-se în cerc|două inimioare|decorațiune inimă|semnul exclamării cu inimioară|inimă zdrobită|inimă în flăcări|inimă în convalescență|inimă roșie|inimă roz|inimă portocalie|inimă galbenă|inimă verde|inimă albastră|inimă albastru-deschis|inimă mov|inimă maro|inimă neagră|inimă gri|inimă albă|urme de buze|o sută de puncte|simbol mânie|coliziune|amețit|picături de transpirație|ștergând-o rapid|gaură|balon de dialog|ochi în balon de dialog|balon de dialog la stânga|balon de dialog furios la dreapta|balon de gândire|sfor|mână fluturată|dosul palmei ridicat|mână ridicată cu degetele depărtate|mână ridicată|salut vulcanian|mână spre dreapta|mână spre stânga|mână cu palma în jos|mână cu palma în sus|mână care împinge spre stânga|mână care împinge spre dreapta|semnul ok|degete strânse|mână cu două degete apropiate|semnul victoriei|degete încrucișate|mână cu degetul mare și arătătorul încrucișate|gest cu semnificația te iubesc|semnul cu coarne|semnul sună-mă|dos de mână cu arătătorul spre stânga|dos de mână cu arătătorul spre dreapta|dos de mână cu arătătorul în sus|degetul mijlociu|dos de mână cu arătătorul în jos|deget arătător îndreptat în sus|deget arătător îndreptat spre privitor|semn de aprobare|semn de dezaprobare|pumn ridicat|lovitură de pumn|pumn spre stânga|pumn spre dreapta|mâini care aplaudă|mâini ridicate|mâini care formează o inimă|palme deschise|palme ridicate împreună|strângere de mână|mâini unite|mână scriind|ojă pe unghii|selfie|biceps flexat|braț mecanic|picior mecanic|picior|laba piciorului|ureche|ureche cu proteză auditivă|nas|creier|inimă|plămâni|dinte|os|doi ochi|un ochi|limbă|gură|buză mușcată|bebeluș|copil|băiat|fată|adult|persoană blondă|bărbat|bărbat cu barbă|femeie|persoană în vârstă|bătrân|bătrână|persoană întristată|persoană bosumflată|persoană făcând un gest de negație|persoană făcând un gest de OK|persoană care explică|persoană care ridică mâna|persoană surdă|persoană care se înclină|persoană care își acoperă fața cu o palmă|persoană care ridică din umeri|persoană lucrătoare în domeniul sănătății|student sau studentă|profesor sau profesoară|judecător sau judecătoare|fermier sau fermieră|bucătar sau bucătăreasă|mecanic|muncitor sau muncitoare în fabrică|funcționar sau funcționară|om de știință|specialist sau specialistă IT|cântăreț sau cântăreață|artist sau artistă|pilot|astronaut sau astronaută|pompier|polițist sau polițistă|detectiv|gardian|ninja|constructor|persoană cu coroană|prinț|prințesă|persoană cu turban|bărbat cu bonetă chinezească|femeie cu năframă|persoană în smoching|persoană cu voal|femeie însărcinată|bărbat însărcinat|persoană însărcinată|alăptare la sân|persoană hrănind un bebeluș|bebeluș îngeraș|Moș Crăciun|Doamna Crăciun|Crăciun|supererou|super-ticălos|mag|zână|vampir|persoană sirenă|elf|duh|zombi|trol|persoană care primește un masaj facial|persoană care se tunde|persoană care merge|persoană în picioare|persoană în genunchi|persoană cu baston pentru nevăzători|persoană în scaun cu rotile motorizat|persoană în scaun cu rotile manual|persoană care aleargă|dansatoare|dansator|persoană în costum, levitând|persoane care poartă urechi de iepuraș|persoană în saună|persoană care se cațără|persoană care practică scrima|curse de cai|persoană care schiază|persoană care practică snow-board|persoană care joacă golf|persoană care practică surfing|persoană care vâslește în barcă|persoană care înoată|persoană care bate mingea|persoană care ridică greutăți|persoană pe bicicletă|persoană pe bicicletă montană|persoană care face roata|persoane care practică wrestling|persoană care joacă polo pe apă|persoană care joacă handbal|persoană care jonglează|persoană în poziția lotus|persoană care face baie|persoană în pat|persoane ținându-se de mână|femei ținându-se de mână|bărbat și femeie ținându-se de mână|bărbați ținându-se de mână|sărut|cuplu cu inimă|cap vorbitor|siluetă bust|siluete busturi|persoane îmbrățișate|familie|urme de pași|față de maimuță|maimuță|gorilă|urangutan|față de câine|câine|câine ghid|câine de asistență|pudel|lup|vulpe|raton|față de pisică|pisică|pisică neagră|leu|față de tigru|tigru|leopard|față de cal|elan|măgar|cal|unicorn|zebră|cerb|bizon|cap de vacă|bou|bivol|vacă|cap de porc|porc|mistreț|rât|berbec|oaie|capră|dromader|cămilă|lamă|girafă|elefant|mamut|rinocer|hipopotam|față de șoarece|șoarece|șobolan|hamster|față de iepure|iepure|veveriță|castor|arici|liliac|urs|urs polar|koala|panda|leneș|vidră|sconcs|cangur|bursuc|urme de lăbuțe|curcan|găină|cocoș|pui în găoace|pui de găină|pui de găină din față|pasăre|pinguin|porumbiță|vultur|rață|lebădă|bufniță|dodo|pană|flamingo|păun|papagal mare|aripă|pasăre neagră|gâscă|broască|crocodil|broască țestoasă|șopârlă|șarpe|față de dragon|dragon|sauropod|T-Rex|balenă împroșcând apă|balenă|delfin|focă|pește|pește tropical|pește balon|rechin|caracatiță|cochilie spiralată|coral|meduză|rac|homar|crevete|calmar|stridie|melc|fluture|gândac|furnică|albină|cărăbuș|buburuză|greier|gândac de bucătărie|păianjen|pânză de păianjen|scorpion|țânțar|muscă|vierme|microb|buchet de flori|floare de cireș|floare albă|lotus|rozetă|trandafir|floare ofilită|hibiscus|floarea soarelui|boboc|lalea|zambilă|răsad|plantă în ghiveci|arbore conifer|arbore foios|palmier|cactus|snop de orez|plantă aromatică|trifoi|trifoi cu patru foi|frunză de arțar|frunză în cădere|frunză plutind în aer|cuib gol|cuib cu ouă|ciupercă|struguri|pepene galben|pepene verde|mandarină|lămâie|banană|ananas|mango|măr roșu|măr verde|pară|piersică|cireșe|căpșună|afine|kiwi|roșie|măslină|nucă de cocos|avocado|vânătă|cartof|morcov|știulete de porumb|ardei iute|ardei gras|castravete|verdețuri|broccoli|usturoi|ceapă|arahide|fasole|castană|rădăcină de ghimbir|păstaie de mazăre|pâine|croasant|baghetă de pâine|pită|covrig|bagel|clătite|gofră|bucată de brânză|os cu carne|pulpă de pasăre|bucată de carne|bacon|hamburger|cartofi prăjiți|pizza|hot dog|sandvici|taco|burrito|tamale|lipie umplută|falafel|ou|gătit|cratiță cu mâncare|oală cu mâncare|fondue|castron cu lingură|salată verde|popcorn|unt|sare|mâncare la conservă|mâncare japoneză la pachet|biscuit de orez|chifteluțe de orez|orez gătit|orez cu curry|castron aburind|spaghete|cartof dulce copt|frigăruie japoneză|sushi|crevete prăjit|ruladă japoneză cu pește|prăjitura lunii|găluște japoneze pe băț|găluște chinezești|prăjiturele cu răvaș|mâncare la pachet|înghețată cremă|desert din fulgi de gheață|înghețată|gogoașă americană|fursec|tort aniversar|tartă|brioșă|plăcintă|baton de ciocolată|bomboană|acadea|șarlotă|borcan cu miere|biberon|pahar cu lapte|băutură fierbinte|ceainic|ceașcă fără mâner|sake|sticlă căreia îi sare dopul|pahar de vin|pahar de cocktail|băutură tropicală|halbă de bere|halbe de bere ciocnite|pahare ciocnite|pahar de whisky|lichid turnat|pahar cu pai|ceai cu perle|cutie de băutură|mate|cub de gheață|bețișoare japoneze|furculiță și cuțit cu farfurie|furculiță și cuțit|lingură|cuțit de bucătărie|borcan|amforă|Europa și Africa pe glob|Americile pe glob|Asia și Australia pe glob|glob cu meridiane|harta lumii|harta Japoniei|busolă|vârf de munte înzăpezit|munte|vulcan|muntele Fuji|camping|umbrelă pe plajă|deșert|insulă pustie|parc național|stadion|clădire clasică|clădire în construcție|cărămidă|piatră|lemn|colibă|case|casă părăsită|casă|casă cu grădină|clădire de birouri|oficiu poștal japonez|oficiu poștal|spital|bancă|hotel|hotel de dragoste|magazin non-stop|școală|magazin universal|fabrică|castel japonez|castel|nuntă|turnul Tokio|Statuia Libertății|biserică|moschee|templu hindus|sinagogă|altar shinto|lăcaș de cult islamic kaaba|fântână arteziană|cort|încețoșat|noapte înstelată|peisaj urban|răsărit după munți|răsărit|peisaj urban la apus|apus|pod luminat noaptea|izvoare termale|căluț de carusel|tobogan pentru joacă|roata mare|montagne russe|semn de frizerie|cort de circ|locomotivă|vagon feroviar|tren de mare viteză|tren de mare viteză cu vârf aerodinamic|tren|metrou|tren ușor|gară|tramvai|monorai|cale ferată montană|vagon de tramvai|autobuz|autobuz care se apropie|troleibuz|microbuz|ambulanță|mașină de pompieri|mașină de poliție|mașină de poliție care se apropie|taxi|taxi care se apropie|automobil|automobil care se apropie|vehicul recreațional|camionetă|camion de marfă|camion articulat|tractor|mașină de curse|motocicletă|scuter|scaun cu rotile manual|scaun cu rotile motorizat|autoricșă|bicicletă|trotinetă|skateboard|patină cu rotile|stație de autobuz|autostradă|cale ferată|butoi de combustibil|pompă de combustibil|roată|girofar de poliție|semafor orizontal|semafor vertical|semnul stop|șantier|ancoră|colac de salvare|barcă cu pânze|canoe|barcă de viteză|vas de pasageri|feribot|barcă cu motor|vapor|avion|aeronavă mică|plecare avion|sosire avion|parașută|loc în mijloc de transport|elicopter|cale ferată suspendată|telecabină montană|tramvai aerian|satelit|rachetă|farfurie zburătoare|sonerie de recepție|bagaj|clepsidră cu nisipul scurs|clepsidră cu nisip care se scurge|ceas de mână|ceas deșteptător|cronometru|temporizator|ceas pentru etajeră|lună nouă|lună concavă în creștere|lună în primul pătrar|lună convexă în creștere|lună plină|lună convexă în descreștere|lună în ultimul pătrar|lună concavă în descreștere|semilună|lună nouă cu față|lună cu față în primul pătrar|lună în ultimul pătrar cu față|termometru|soare|lună plină cu față|soare cu față|planetă cu inele|stea|stea strălucitoare|stea căzătoare|Calea Lactee|nor|soare în nori|nor cu fulger și ploaie|soare după un nor mic|soare după un nor mare|soare după nor cu ploaie|nor cu ploaie|nor de ninsoare|nor cu fulger|tornadă|ceață|față suflând vânt|ciclon|curcubeu|umbrelă închisă|umbrelă|umbrelă cu picături de ploaie|umbrelă pe sol|înaltă tensiune|fulg de nea|om de zăpadă|om de zăpadă fără zăpadă|cometă|foc|picătură|val|dovleac cu felinar|brad de Crăciun|artificii|foc bengal|petardă|steluțe|balon|tun cu confetti|minge cu confetti|copac tanabata|decorațiune japoneză de pin|păpuși japoneze|crap decorativ în vânt|clopoței de vânt|ceremonia lunii|plic roșu|fundă|cadou împachetat|panglică „in memoriam”|bilete de intrare|bilet|medalie militară|trofeu|medalie sportivă|medalie locul I|medalie locul II|medalie locul III|minge de fotbal|baseball|softball|baschet|volei|fotbal american|rugby|tenis|disc zburător|bowling|crichet|hochei de câmp|hochei pe gheață|lacrosse|ping pong|badminton|mănușă de box|costum arte marțiale|plasa porții|steag în gaură la golf|patină de gheață|undiță|mască de scufundări|tricou de alegare|schiuri|sanie|piatră de curling|fix la țintă|yo-yo|zmeu|pistol cu apă|biliard|glob de cristal|baghetă magică|joc video|joystick|jocuri mecanice|zar|piesă de puzzle|ursuleț de pluș|piñata|glob cu oglinzi|matrioșka|pică|cupă|caro|treflă|pion de șah|joker|dragon roșu la mahjong|cărți de joc cu flori|arte interpretative|tablou înrămat|paletă de pictor|ață|ac de cusut|fir textil|nod|ochelari|ochelari de soare|ochelari de protecție|halat de laborator|vestă de siguranță|cravată|tricou|blugi|eșarfă|mănuși|palton|șosete|rochie|chimono|sari|costum de înot întreg|slip|șort|costum de baie|haine de damă|eventai pliabil|poșetă|geantă de mână|gentuță|sacoșe de cumpărături|rucsac|șlap|pantof bărbătesc|pantof sport|bocanc|pantof fără toc|pantof cu toc|sanda de damă|pantofi de balet|cizmă de damă|pieptene cu dinți lungi|coroană|pălărie de damă|joben|tichie de absolvent|șapcă|cască militară|cască de pompier salvator|mătănii|ruj|inel|piatră prețioasă|difuzor fără sunet|volum scăzut al difuzorului|volum mediu al difuzorului|volum ridicat al difuzorului|portavoce|megafon|corn poștal|clopoțel|clopoțel tăiat|partitură|notă muzicală|note muzicale|microfon de studio|glisor de nivel|butoane de control|microfon|cască audio|radio|saxofon|trompetă|acordeon|chitară|claviatură muzicală|vioară|banjo|tobă|tobă înaltă|maracas|flaut|telefon mobil|telefon mobil cu săgeată|telefon|receptor de telefon|pager|echipament fax|baterie|baterie slabă|fișă electrică|computer laptop|computer desktop|imprimantă|tastatură|maus|trackball|disc de computer|dischetă|cd|dvd|abac|aparat de filmat|peliculă de film|proiector de film|clachetă|televizor|cameră foto|cameră foto cu bliț|cameră video|casetă video|lupă înclinată spre stânga|lupă înclinată spre dreapta|lumânare|bec|lanternă|felinar din hârtie roșie|lampă diya|caiet cu copertă decorativă|carte închisă|carte deschisă|carte verde|carte albastră|carte portocalie|cărți|carnet|registru|pagină rulată|pergament|pagină cu fața în sus|ziar|ziar rulat|marcatoare de pagini|semn de carte|etichetă|monedă|sac cu bani|bancnotă yen|bancnotă dolar|bancnotă euro|bancnotă liră sterlină|bani înaripați|card de credit|chitanță|grafic ascendent cu yen|plic|e-mail|sosire plic|plic cu săgeată|tăviță de ieșire|tăviță de intrare|pachet|cutie poștală închisă cu steagul sus|cutie poștală închisă cu steagul jos|cutie poștală deschisă cu steagul sus|cutie poștală deschisă cu steagul jos|cutie poștală|urnă de votare cu vot|creion|peniță neagră|stilou|pix|pensulă|creion colorat|notă|servietă|dosar de arhivare|dosar de arhivare deschis|separatoare de dosare|calendar|calendar cu file detașabile|blocnotes cu spirală|calendar cu spirală|repertoriu|grafic ascendent|grafic descendent|diagramă cu bare|planșetă|piuneză|ac cu gămălie|agrafă de hârtie|agrafe de hârtie înlănțuite|riglă|echer|foarfece|cutie de îndosariere|fișet|coș de gunoi|lacăt închis|lacăt deschis|lacăt cu stilou|lacăt închis cu cheie|cheie|cheie veche|ciocan|topor|târnăcop|ciocan și daltă|ciocan și cheie fixă|pumnal|săbii încrucișate|bombă|bumerang|arc și săgeată|scut|fierăstrău pentru tămplărie|cheie fixă|șurubelniță|șurub și piuliță|rotiță zimțată|menghină|balanță|baston pentru nevăzători|za|lanț|cârlig|trusă de scule|magnet|scară|alambic|eprubetă|vas Petri|ADN|microscop|telescop|antenă satelit|seringă|picătură de sânge|pastilă|leucoplast|cârjă|stetoscop|radiografie|ușă|lift|oglindă|fereastră|pat|canapea și lampă|scaun|toaletă|pompă de aspirare|duș|cadă|cursă de șoareci|brici|flacon de loțiune|ac de siguranță|mătură|coș|sul de hârtie|găleată|săpun|balonașe|periuță de dinți|burete|stingător de incendiu|cărucior de cumpărături|țigară|coșciug|piatră funerară|urnă funerară|amuletă nazar|hamsa|statuie moai|placardă|carte de identitate|simbol pentru bancomat|simbol pentru folosiți coșul de gunoi|apă potabilă|simbol pentru scaun cu rotile|toaletă bărbați|toaletă femei|toaletă mixtă|simbol bebeluș|wc|control pașapoarte|vamă|recuperare bagaje|depozitare bagaje|avertisment|trecere copii|acces interzis|interzis|interzis accesul cu bicicleta|fumatul interzis|nu aruncați gunoi pe jos|apă nepotabilă|interzis accesul pietonilor|telefoanele mobile sunt interzise|interzis sub 18 ani|radioactiv|risc biologic|săgeată orientată în sus|săgeată orientată în dreapta-sus|săgeată orientată în dreapta|săgeată orientată în dreapta-jos|săgeată orientată în jos|săgeată orientată în stânga jos|săgeată orientată în stânga|săgeată orientată în stânga-sus|săgeată sus-jos|săgeată dreapta-stânga|săgeată dreapta curbată spre stânga|săgeată stânga curbată spre dreapta|săgeată dreapta curbată în sus|săgeată dreapta curbată în jos|săgeți verticale în sens orar|buton cu săgeți în sens antiorar|săgeată cu textul BACK|săgeată cu textul END|săgeată cu textul ON!|săgeată cu textul SOON|săgeată cu textul TOP|lăcaș de cult|simbol pentru atom|simbol hindus om|steaua lui David|roata dharmei|yin yang|cruce latină|cruce ortodoxă|stea și semilună|semnul păcii|menorah|stea cu șase colțuri și punct în centru|khanda|zodia Berbec|zodia Taur|zodia Gemeni|zodia Rac|zodia Leu|zodia Fecioară|zodia Balanță|zodia Scorpion|zodia Săgetător|zodia Capricorn|zodia Vărsător|zodia Pești|zodia Ofiucus|buton de redare aleatorie|buton de repetare|buton de repetare unică|buton de redare|buton de derulare rapidă înainte|buton pentru melodia următoare|buton de redare sau suspendare|buton de inversare|buton de derulare rapidă înapoi|buton pentru melodia anterioară|buton pentru sus|buton pentru repede sus|buton pentru jos|buton pentru repede jos|buton de suspendare|buton de oprire|buton de înregistrare|buton de ejectare|cinema|buton de scădere a luminozității|buton de creștere a luminozității|bare de semnal|wireless|modul vibrare|închidere telefoane mobile|transgender|înmulțire|plus|minus|împărțire|semn gros de egal|infinit|semn dublu de exclamare|semn de exclamare și întrebare|semnul întrebării roșu|semnul întrebării alb|semnul exclamării alb|semnul exclamării|liniuță ondulată|schimb valutar|semnul dolar îngroșat|simbol medical|simbolul pentru reciclare|floare de crin stilizată|emblemă trident|ecuson cu nume|simbol japonez pentru începător|cerc roșu gol|buton de bifă|casetă de votare bifată|bifă îngroșată|semnul x|buton x|buclă ondulată|buclă ondulată dublă|alternare cântăreț|asterisc cu opt colțuri|stea cu opt colțuri|strălucire|drepturi de autor|marcă înregistrată|marcă comercială|introducere majuscule latine|introducere minuscule latine|introducere numere|introducere simboluri|introducere litere latine|buton A (grupă sanguină)|buton AB (grupă sanguină)|buton B (grupă sanguină)|informații|litera M într-un cerc|buton 0 (grupă sanguină)|buton P|cerc roșu|cerc portocaliu|cerc galben|cerc verde|cerc albastru|cerc violet|cerc maro|cerc negru|cerc alb|pătrat roșu|pătrat portocaliu|pătrat galben|pătrat verde|pătrat albastru|pătrat violet|pătrat maro|pătrat negru mare|pătrat alb mare|pătrat negru mediu|pătrat alb mediu|pătrat negru mediu spre mic|pătrat alb mediu spre mic|pătrat negru mic|pătrat alb mic|romb portocaliu mare|romb albastru mare|romb portocaliu mic|romb albastru mic|triunghi roșu cu vârful în sus|triunghi roșu cu vârful în jos|romb cu punct în centru|buton radio|buton pătrat alb|buton pătrat negru|steag cu pătrățele|steag triunghiular|steaguri încrucișate|steag negru|steag alb|steag curcubeu|steag transgender|steagul piraților`,
  roWords: `aburi 2r 5v ai 7
accesibilitate 5u 1 4 u 1l 1 1 1a 1 ag 1 aq m 10
accesoriu mj 1 39 1 1
acelor xl 1 x 1
acord 49 o g 3 8 12
afectiune 3q 1c 47 2
aiurea p d 1 1 4 2
alb 64 11 40 e6 cd
albastru 1q p 1m aa b3 1 6x 5c
alcool gv 2 1 1 1 1
alergare 4e 43 fs 1r
ameteala 1s 1 2j i5
amuzant 6 1 i 3o
animal 37 1 1 1 1 1 1 1 1 2 1 62 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 1 1 1 1 1 1 1 1 1 1 2 1 2 1 1 1 2 1 3 1 1 1 1 1 1 2 1 1 1 1 3 1 4 1 1 1 1 1 1 3 1 1 1 1 1 1 1 1 1 4 2 2 2 1 1 1 1 2 5 1
animale 9p 8 4 1 a 1 1 2 3 2 a l k
aniversare 1w 1p 5 5m 1 3s 3c 6l 1 8 1
apa 4d 3r 29 3a 3i o 11 a 3p 1 8y 2n
aparat 5s 7 m2 1
aripi 7v 7 4r g6
arma he 72 65 3 1 1
autovehicul jo 5 1 1 1
auz 3h 2h 1 u
baie 8m h1 1 1 61 3 9 2 h 1 1 2
banca su 2 1 1 1 1 2 6j
banda 4a 1 1 1 1 2 4 1 18 h0 5f 2f 4h 2a
bani 20 32 i8 38 2b 2 1 1 1 2 2 3f 34 1
bar gv 1 1 1 1 1 1 b9
barbat 6l t a 6 h 8 e
basm d 2i 1 1 4 1 1 1 1 4f b 1 6 2 4 3w 1 cd
bate 3o 11 6 1 t
baut gx 4 f f3
bautura gq 1 2 1 1 1 1 1 2 1 1 2 1 1 2 1
benzi 4a 1 1 1 8 i8 5f 2f 6r
biblioteca se 1 1 1 1
bicla 8y 1 bb co
bine 3v 12 g 1 5 2g
birou pd 28 1 21 f 1 5
boala 1k 4 bd 1 ia 2
bolnav 1j 1 2 2 4 tk 2
bulina 10k 1 1 1 1 1 1 1 1
bum 1u 2h 15 hh 2 7o
buna 1i 18 w z 1 4l
calatorie jb 5 5 e u 4 1 2 4 5 3 6p 4d e
calculator rl 1 1 1 1 1 1 1 1 1 1
caldura a 1f k gv 2v t 3c
cale jb 2 1 1 2 1
cap 2l 2 a 7 2 2s x 1e r k c 3 1 3 4 n 3 1 6 3 x pl
cardinal x7 2 2 2
care 1n u 1 d t 22 z 1u 1 o
carte oy 2 3c 6 8
carti ot 1 1 1 2 4x
casa di 4l 1 di
cash su 1 2 1 1 1 3h 35
casuta i3 b7 1 1 1 6i
ceasornic xl 1 x 1
celular rc 1 5q 20 2 1
cinematograf fr c6 1 72
citit se 1 1 1
cladire i6 1 2 1 1 1 1 1 1 1 1 1 1 1 4 2 b 1
closet wl 1 1 2
comic 2z 1b 1 1 1 3 5 i8 5f 96
companie 9o 1 7 1 10 1 1
computer rn 1 1 1 2 1 1 7a
comunicare qn p 1 2 1 1 17 i 3 d 1p 3s
condiment do 12 1 4 y 6 1g
condus jq 6 1 1 3 1 k
contur j yy 1 1y
copil 6b 2 1 1f 2 1n
corespondenta t4 3 1 2 1 1 1 1
corp 2x 2w 5 2 6 1 1 1
costum 7o f hl 1
creatura 31 1 1 1 1 4z
crescatoare ll 2 4 1
cumparaturi pe 1 5 7 2 1 9 3
cuplu 3q 5i 1 1 1 1
cursa 8h 8 bf he
cutie nc 5v 1 1 6 1n
dans 8l g6 11 d
date rr 2 r 1c
deget 4p 1 e 2 1 1 2 3 1
degete 4q a 3 1
dejun f2 2 5 b 1 4 1n
deschis 37 1h hw f4
deschisa 1 1 2 1 22 8 s
desenata 4a 1 1 1 1 2 4 1 18 h0 5f 2f 6r
desenate 4a 1 1 1 8 i8 5f 2f 6r
desene 4a 1 1 1 8 i8 5f 2f 6r
desert am 1 2z 2k 2 4 2 1 1 1 1 1 2 1 1 1 17
dezamagire 5 1x 3 b 6 42
dezamagit 5 1a n 3
diamant qh 1 aq 1 1 1 3
dimineata 3m d6 27 1
din x 1d 2j 22 g0 4g 6b
dinti 0 1 1 1 61 5 4s
directie hn fk 1 1 1 1 1 1 1
disparitie a v 9m 10
dispozitiv rc 1 3 1 8 1
distractie p 17 6p ak 2 1
divertisment j5 3s 1g 7 3 e 2 1x
doamne 13 13 3 6 8 q 3 2q
doctor 1j 5e be 70 61 2 3 1
domestic 9o 1 7 1 6 3 5 1 1 1 1 1 3 1 1
dosul 56 1 1 2
dragoste e 1 2 1 3 2p a 1 1 1 1 1 1 1 1 4 1 1 1 1 1 2 1i 3r 1 3s bp
dragut 0 3 l 39
dreapta 7d mr 4h 3
dublu ym 4 3 2 15
dulce g8 4 1 1 1 1 1 1 1 2 1 1 1 1 i z 1
durere m z 10 2 16 4g
educatie ig 7h e 21 1 1 1 1 1 1
electric jc w 2f 5l 1
elegant 20 6i 1 4r ca 9
email t3 1 1 1 1 1
emotie m p i 1u 1 1 a 2 7
enervare 2k 7 1 1 m
enervat 18 1c a l
entuziasm 33 j 1 jf
exclamatie ze 1 3 1
exotic cd 18 h 1 2w
expresie 12 2 5j 1
fantezie d 2i 1 5 1 1 1 1 4f b 7 6 1z eb
fara 12 vw 5 21
fast fa 1 1 1 1 1
fata 6 2r 1 1 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2o a 14 b e 15 f 1 5 8 4 4 3 f 7 3 bo 3j 60
felina 9y 2 1 1
femeie 6m 2 1 1 2 x 5 g 8 1 h8 c 1 2 3
feminin pq 1 2 1 9 1 2 3
ferata jb 2 1 1 2 1
fereste 13 13 3 3x
fericire 0 1 1 1 4 1 5 6 3 2h 6 d 1x
fericit 0 1 1 1 1 4 5 6 2k
ferma a3 3 5 3 1 1 2 2 1 3z
festiv 1w 6m 1 ei a 30
fierbinte a fq 34 3o 7v
figura 10k 4 3 1 8 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
filmare rw 3 4 6x
flirt b 6 1 2 1 m 53 2z 1 1
floare d8 1 1 2 2 1 1 bk
foame n 21 cj 3 2 20
food fa 1 1 1 1 1
forma 1s tb 5h 4 3 1 8 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 1
frig 1q 9v 63 50 1 1 2q 2
fruct dx 1 1 1 1 1 1 1 1 1 1 1 1 1 2 1 3 24
fructe cl 1 1b 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 3 1n h
frunze dk 6 2 w
furie 2r 1 1 1h 9
gata 5r r1 32 1 1
gatit fo 1n 1 2 2
geanta lc 4h 2 2
geometrica 10k 4 3 1 8 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
ger 1q ky 1 1 2q 2
gest 3g 1 1 18 7 1 6 5 1e 5 2
gol h4 b 6k 5 54
gradina a1 1 b 1n p 2 1 3
gura 1 1 2 1 n 5 3 k 7 g 8 k 8 b 9y
haha 4 2 1 2
hai 5o 1 2t 1
haine 9j fu 1 1 5 1 5 3 1 1 4 4 6 1
halloween 33 50 8j 69
hartie sm 2 1 1 5 1 1 1 1 17
horoscop 9z d 7 1t 8 g 4g gp 1 1 1 1 1 1 1 1 1 1 1
hotel 97 c4 ac 1
imbracaminte pb 1 1 1 1 5 1 1 1 1 1 1 1 2 1 1 4 1 8 1 1 5
inapoi uo 2z 12 2
incaltaminte py 1 1 1 1 1 1 1 1
incantare 0 3 d 2s 2b
inchisi 4 h 6 2h 4
incrucisare 51 pl 3w 32
incruntare 24 1 7 4b 1
incruntata 24 1 7 4b
indicator 5b dy 1e 1 9d 2g q 1 1 1 1 1 1 1 1 1 1 1 1 1 3 1 1 1
ingrijorare 23 b 2 3u
ingrosat z8 2 1 i
inima e 1 2 2t 9 6 1 2 g 54 99 68 1 6n
inimioara h 32 3 i 3 v 4b
insecta cq 1 1 1 1 1 1 1 1 2 1 1
instrument he 3b 3t 2j 1 1 1 1 1 1 2 1 1 u 1 3 1x a 2 1 1 5 2 1 1 1 1 1 1 5 3 4 1 4g
intalnire i 2 1 2z 6 i 1g 3o 3t db
intercardinal x8 2 2 2
interdictie ww 1 1 1 1 1 1 1 1
interzis 3g 1 1 37 k2 69 1
invatamant ig 7v 21 1 1 1 1 1
iubesc e 3 1 2 34 2
iubi f 2 3 3d 5c 1 1
iubire e 1 2 1 3 2p 9 1 1 1 1 1 1 1 1 1 2 2 2 1 1 1 2 z j 3p 2 1 4 3o 5 54 6g
iudaism ir f4 7 1
japonez 31 1 cv 77 2h bz
japoneza g8 21 6r as
japonia fv 2 b 1e n a 4l 2 1u l a7 1s
joc 35 kl 5 1 4 5 7 5 4 2 1 5 1 1 1 2 1
jos 5e 2x kv 2j
laborator s5 1 30 1 2
lacrima 2h 1 w jf
lapte ab 3 7 65 g
leguma ed 4 1 1 2 1 6 1 3
legume ei 1 4 5 y
liber 4t 42 c8 4y
liniste x 7 2e n1 8
loc i3 dm l e 14
lol 2 2 2 33
lume hh 1 1 1 1
lumina kk 14 9 v 7 58 1 1 1 3e 3d 1 12
luminos kk 1d 2 d3
magie 32 53 ev 1i 1 1r
mai 2n 18 r u 3t 2 7o ht 1 1 1
mail t3 2 1 1 1
maimuta 3g 1 1 65
maini t 3x x 1 11 1 2
mamifer a4 1 24 1
mana 4n 3 7 1 2 1 2 1 1 4 2 2 1 1 1 6 8 v 1 1 gz 1r 6w
mancare 65 6h 1 1 1e 2 7 1 1 1 2 2 1 2 1 1 1 2 1 1 1 4 1 1 1 2 1 1 1 4 1 1 1 3 1 1 1 1 1 4 2 2 1 3 1 1 1 1 1 1 1 1 2 1 5 2 1 4 4 2 4 d 5 1 1
mandrie m 1p 9j pt
mare q 4o 5d 10 k a 1 3h 2e 46 7 3s 97
masca 12 2 1x 1 lz
masina 7c cj 1 1 1 1 1 k
matematica u4 1 54 1 1 1
mda r b 1 5 1 9 18
meci 91 ep 6 1 1
medic 6x be 70 63
medicina 1j gs d2 4 46
mesaj 4g m7 2h 1 1 1 1
meteo iw 30 1 2 6 1 2 1 1 1 3 1 2 4 3
mic q 5l 2 69 2g 2 5 b 1 4 1n 13 85 9p
miliard su 4 1 6n
milion su 4 1 6n
minge 8s ev 1 1 1 1 1 1 2 1 1 2 1
mirare y w e xb
mirat y w 9 5
misto b d 1 i r 2z g
moarte 1s 15 1 tb 2
moneda sv 1 1 1
monstru 2x 1 1 2 1 1 1 2 52
mort 13 p 15 1 tb 1 5f
motor jb u 1 n 76
munte 8n c 8r 19 m 1l
muzica qm 6 3 1 1 1 3 1 1 4 1 1 1 1
nascut 6b 1j 3p 57
nasol r b 1 7 5 17
nastere 1w b9 3c 6k 1 a
natura cp 4 2 r 44 1 19 3i 5 6 1
nava kp 5 1 2
nea 8q dz 1l 1
nefericire 18 1a a 1
nefericit 13 5 15 4 1 4 2 3 1 1
neplacut 12 1 1 6 50
nervi 18 1c 7 2 1q
nervos 18 1c 7 2 1 1p
neutru 12 5a 3 5
noapte l x 18 w z 4m 2j ac 1
nor 4e 6 hu 1 1
noroc z p 3d n 81 1 3b 1 68 18 4 1 7p 1r
notite sc 8 19 6
nou 6b k z 3p 57 gw
numerar su 5 1 6m
obiect gt 95 4t a 3 h 1 5 a 3
oboseala 1i 16 1 1 n 18 4m
obosit 1g 2 a y 1v 4m
ocean 8t 3f 1 1 1 5 2 ac
ochi q 11 1 i p d 4 1 lr 1
omat 8q dy 1 1l 1
omg r 12 d 1 1 18 2q k 5
oprire 4o 1 fp 9
ora 1i 18 6h c9 1 2
ornitologie bf 1 2 2 1 2 1 1 1 1 2 1 1
pace 1e 3m 6m ko 1r 3l
paine ey 2 2 c
palarie 7e 8 io 1
palma 4n 2 6 1 t
palmei 56 1 1 2
pamantesc hh 1 1 1
pantofi pz 1 2 1 1 2
pasare be 1 1 1 1 1 2 1 1 1 1 1 1 1 1 1 1 1 2
patiserie f2 14 c 1 1
patru 7o e2 5 4f
pentru 53 k bn 6y s 7o
persoana 1x 3n t 1 1 3 v 3 1 9 s q 9
pescuit 8u 2f 13 bv 6u
peste 6v 25 3f bs
petrecere o 1 7w 7w i 5z 3 1 1 9 1e 1
plaja 8t 3f 1 8 14 8e 3r 8
plange 1g 11 1 w
plans 7 19 v 6 1 6 q
planset 1g 11 7 q
planta d6 3 1 2 1 1 1 2 5 1 2 1 6 y 8b
plata su 5 1 6m
plictiseala 18 1 9 18 31
poate 1u c 2 4o
poftim 26 6 1 3t
poveste d 1 2j 4 1 1 1 1 4f b 1 2 4 2 4 3w 1 cd
prada a0 1 1 rn
primavara ct d 9 1
protectie 7f 2 hs 5h 16 h
pui 2q 6h h 1r 3s
punct wr i 1v 1c
punctuatie 3s vm 1 1 1 1 1
pupic i 2 1 2r 2x 33 1
pupici f 2 1 2 1 2r a 4
rade 2 2 2 1 32
ras 0 2 5 n 2f g0 cm
raset 0 2 2 2 1 32
rau 12 k 6 1a 13 19 3g
rece 1q fj 5f 5
relaxare j v k i 5t d
religie il 3 1 2 1 1 7m 7d 2 1 1 1 1 1 1 2 2
restaurant ex o g 2 3 6 1 1 h 2 f ay
ritm 8b 7 1 iq
rog r b 1 5 1 9 s g 2z
romantic e 1 2 32 7 b 7 54 1 3s 5g 7w 1
rosie 1p d4 f 9m 68 5i
rosu 2s 10 4 c 8d p h 8 a al 3g
rozator av 1 3 1
rugaciune 5j 4 2 cz 7r 7d
sageata 3k u2 z 1 1 1 1 1 1 1 1 1 1
salbatic 9m 7 6 2 1 6 1 8 9 2
sangvina 10d 1 1 3
sarbatoare 1w 3o 2c 1 1 8j f 6 5t 1 1 1 3 1 1 1 1 1 1 2 2 1 4 1a
sarbatorire 1w f6 7o 1l b9
sarut f 2 1 3 2r a 1 l 21 1 33
scoala jn 6a 2f 2 1 3
scriere 4g 1a mm a 10
scrisoare t3 1 1 1 1 1 3
secret u 6 4 2c 1 1 3w 2
semiluna ll 2 2 2
semn b e 3l c o4 3p 3 2q 1 1 1 j 2 5
semnul z8 3 4 j
sentiment f 7 16 s 3 1 1 2 1 1 t 2 2 3 8 7
shopping pe 1 5 7 2 1 2 7 3
simbol x5 1 v 16
sina jc 5 4 v
sine jf 2 z p
smiley m p i 4 t
soare iz 1 1 1 35 f 2m i
soc u j h e b u
socat 1u c 1 1 15
sofat jq 6 1 1 3 1 k
somn 1i 17 1 1v 4m mg n
somnic 1i 18 1v 4m
somnoros 1g 2 16 2 1v
sosire jf 2 7 6 4
spaima 2c 1 1 p
spatiu 34 1 i3 1 b 1 1 1 1 1 1 1 1 1 1 3 3 3 1 n 8j
speriat 2c 1 1 1 8
sport 3o p 2d 1r 7 1 2 1 1 2 1 1 1 1 1 1 1 1 8u 2f 1 p 2f 5 1 1 1 1 1 1 1 2 1 1 1 1 1 1 1 1 1 1 2 2 1 2
stanjenitor 12 1 1 6 z
stele g 3w el 34 3 96
sticla gq 5 ba 1
stiinta d4 c7 2u 1 30 3 1 1
stiu 21 1g 3b 4
stop 4o 1 6 1 fp 1 eb
stralucire 3m q hq y 1r
stralucitor 1y 2e hl 4k
strans 4 n 4o 1 h3
stres 5 15 t a 2
sunet 5y km 1 1 1 1 2 1 2 1 4 1
suparare 23 1 1 6 7 6 3 1 1 m v 9 24 1
suparat 23 1 1 d 2 3 1 3 3 8 d v 9
suparata 2s 1 3 3r
super 1 f 8 1a 2z g 6 hj p
surprins u 7 12 3 1 1 4 1 6
surpriza v i t 1 5 1 6 u jz
sus 4p v 18 ma 4p
sut 5w 1 k2 1
tare o 1a 3l ci 8l
telefon 5s rb 20 2 1
timp ld 1 1 2 2
tine h j 88 2
trafic kl 1 c9 1
transpiratie 5 1k q 1 7 k6
transport jb 1 7 4 2 1 a 5 2 1 1 m b 1 4p 1 3c
tren jb 5 2 2 w
trist 1f 1 l 2 7 5 1 2 2 3 1 1 p f j0
tristete 21 2 1 1 5 1 6 1 4 2 1 p f j0
triunghi u5 4g 1 1 1 1 1 1 1 1 1 1
troleu jc 7 3 3
tropical bt 1s i 1
uau g 1d d 1 2 3 1
uimire v 1b 2 15
unealta he ar 1 2a 2 2 7 2 1 2 6
usor m w 18 1v 4m 2l 97
valuta sv 1 1 1 6o
vapor kp 5 1 1
vas fo 1s 39 8 b4
vehicul jk 3 1 1 1 1 1 5 1 3 1 1 7 u
video ol 2f w 2 2 1 1 6y
voiaj ky e b2 e
vorbire 3i y 2 4w
vreme iw 30 1 2 6 1 1 1 1 1 1 1 1 1 1 2 1 3 3 5
wow g 1q 1 2 3 1 6 u
xoxo f 3 2 32 4
zambet 0 1 1 1 1 1 3 1 3 1 1 1 1 3 2 1 1 n o x c 1 2
zambitoare 0 1 1 2 1
zambitor 1 3 4 5 6
zapada 8q 1 8x 4o c 1m 1
zbor bm 6 4 92 6 7v 2z
zicem r b 1 6 9 18
zodiac 6e 3l d 7 2 1i 9 8 g 4g d9 8 38 1 1 1 1 1 1 1 1 1 1 1 1
zodie 9z d 20 8 g 4g d9 8 38 1 1 1 1 1 1 1 1 1 1 1 1
zoologica a1 1 b 1n
zzzz 1i 18 1v 4m`,
};
