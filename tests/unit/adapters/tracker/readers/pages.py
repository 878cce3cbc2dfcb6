"""Made-up pages with the ids and classes that saved pages of the site show."""

from __future__ import annotations

USER_BAR = """<div id="userStat"><a id="tmUS" href="/u/123456">examplemouse</a> <span id="tmC">(VIP)</span>
<span id="tmR">3.141593</span> <span id="tmUP">1.234 TiB</span> <span id="tmDL">402.10 GiB</span>
<a id="tmBP" href="/store.php">Bonus: 61250</a> <a id="tmIN">Invites: 0</a> <a id="tmFW">FL Wedges: 7</a>
<a id="tmCh">Cheese: 0</a> <a id="tmUN" href="/snatch_summary.php#unsat">3 Unsat(s)</a></div>"""


def page(title: str, body: str, *, head: str = "", bar: str = USER_BAR, clock: str = "2026-11-25 12:00:00 UTC") -> str:
    return f"""<!DOCTYPE html>
<html><head><title>{title} | My Anonamouse</title>{head}<script>var passkey="0123456789abcdef0123456789abcdef";</script>
</head><body id="siteMain">{bar}<div id="mainTable"><div id="mainRight"><div class="blockCon">
<div id="mainBody" class="blockBodyCon">{body}</div></div></div></div>
<div class="footRow"><span class="tP">{clock}</span></div></body></html>"""


LOGIN = page(
    "Login",
    "<h1>Not logged in!</h1>Error: The page you tried to view can only be used when you're logged in.",
    bar="",
)

RULES = page(
    "Rules",
    """<p>Read all of this, examplemouse.</p><h2 id="gen">General</h2><p>One account per   person.<br>Be
<b>kind</b>.</p>
<h2><a name="seed"></a>Seeding</h2><ul><li>Seed for 72 hours within 30 days.</li><li>Keep the ratio above 1.0.</li></ul>
<table><tr><td>User</td><td>50</td></tr></table><script>alert("no words")</script>
<p>Write to <a href="/u/77">StaffMouse</a> or staff@example.org.</p>""",
)

FAQ = page(
    "FAQ", '<h3 id="id_22">Which classes are there?</h3><p>User, Power User, VIP, Elite VIP and some that are more.</p>'
)

FREELEECH = page(
    "Freeleech",
    """<div class="siteEvent">Site-wide freeleech is active until 2026-12-01 00:00:00 UTC</div><h1>Freeleech picks</h1>
<div id="fl_cat41"><div class="torrent"><a class="torTitle" href="/t/900001">Example Saga</a> by Jane Doe</div></div>
<div id="fl_cat_ebook_1"><div class="torrent"><a href="/t/900002">1984 &amp; more</a></div></div>""",
)

STORE = page(
    "Store",
    """<div>Bonus: <span id="currentBonusPoints">61,250.5</span> <span id="currentCheese">0</span></div>
<table class="storeTable"><tr><td>1 GB upload credit</td><td class="cost">500</td></tr>
<tr><td>4 weeks of VIP</td><td class="cost">5,000 points</td></tr></table>
<div class="vipStatusContent">VIP expires in 3.21 weeks <button value="max">Max me out!</button></div>""",
)

BROWSE = page(
    "Browse Torrents",
    """<form id="torSearch"><input id="torTitle" name="tor[text]" value="my private wish">
<div class="categoryHolder"><h4 id="mainCat13" class="torMainCatSel">AudioBooks</h4>
<div id="cat39" class="torCatSel"><input id="selcat39" name="tor[cat][]" value="39">
<label>Action/Adventure</label></div>
<div id="cat41" class="torCatSel"><input id="selcat41" name="tor[cat][]" value="41"><label>Fantasy</label></div></div>
<div class="categoryHolder"><h4 id="mainCat14" class="torMainCatSel">E-Books</h4>
<div id="cat63" class="torCatSel"><input id="selcat63" name="tor[cat][]" value="63">Fantasy</div></div>
<input type="hidden" name="t" value="c0ffee"></form>
<div id="ssr"><h1>Search Results</h1> out of 138 <table class="newTorTable">
<tr id="tdr-900001"><td><a class="newCatLink"><div class="cat41 x"></div></a></td>
<td><a class="torTitle" href="/t/900001">Example Saga</a> by
<a class="author">Jane Doe</a> <a class="narrator">John Roe</a>
<a class="series">Saga</a> <img title="VIP expires 2025-12-18"> <img title="freeleech">
<div class="torFileTypes">M4B mp3</div>
<a class="directDownload" id="dlLink900001" href="/tor/download.php/AbCdEf012345?tid=900001">get</a></td>
<td>[1.3 GiB]</td><td>2026-10-01 10:00:00 <a href="/u/4711">UploaderMouse</a></td>
<td><p>42</p><p>1</p><p>310</p></td></tr></table></div>""",
)
