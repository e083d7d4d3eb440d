"""Column titles, in the languages of YouTube Studio and in the exports of other tools.

Add missing words to these tables. Titles are compared by `key`, without case, accents and punctuation.
"""

import re
import unicodedata
from functools import cache

# Views. The first line is English, then the languages of YouTube Studio.
VIEWS = """
views; view count; views count; total views; daily views; views gained; number of views; viewcount
Aufrufe; Visualizaciones
Vistas; Reproducciones; Vues; Nombre de vues; Visualizzazioni; Visualizações; Weergaven; Wyświetlenia
Просмотры; Перегляди; Görüntüleme; Görüntülemeler; Görüntüleme sayısı; İzlenme; İzlenme sayısı
المشاهدات; مشاهدات; مرات المشاهدة; عدد المشاهدات; عدد مرات المشاهدة; צפיות; مספר צפיות; بازدید; بازدیدها
تعداد بازدید; व्यू; व्यूज़; दृश्य; देखे जाने की संख्या; व्ह्यू; ভিউ; ভিউ সংখ্যা; பார்வைகள்; వీక్షణలు
വ്യൂകൾ; ವೀಕ್ಷಣೆಗಳು; જોવાયાની સંખ્યા; ਵਿਊਜ਼; 視聴回数; 再生回数; 표시 횟수; 조회수; 观看次数; 观看数
播放次数; 观看量; 觀看次數; 觀看數; Penayangan; Ditonton; Jumlah penayangan; Tontonan; Lượt xem
Số lượt xem; การดู; จำนวนการดู; ยอดดู; ยอดวิว; Mga panonood; Panonood; Visningar; Visninger
Näyttökerrat; Katselukerrat; Katselut; Zhlédnutí; Počet zhlédnutí; Zhliadnutia; Počet zhliadnutí
Megtekintések; Megtekintés; Vizionări; Vizualizări; Гледания; Показвания; Προβολές; Pregledi; Прегледи
Ogledi; Peržiūros; Skatījumi; Vaatamised; Vaatamisi; Visualitzacions; Ikustaldiak; Visualizacións; Áhorf
ნახვები; Դիտումներ; Shikime; Baxışlar; Qarau; Қаралымдар; Utazamaji; Maoni ya kutazama; Aantal weergaven
Anzahl der Aufrufe; Anzahl Aufrufe
"""
# Page views; a file with one of these and a title of VIEWS has two counts.
PAGE_VIEWS = """
pageviews; page views; page view; pageview; screen page views; screenpageviews; video views; videoviews
unique_views; views total; nb_pageviews; Seitenaufrufe; Seitenansichten; Páginas vistas
Vistas de página; Vistas de páginas; Pages vues; Visualizzazioni di pagina; Visualizações de página
Paginaweergaven; Odsłony; Wyświetlenia strony; Просмотры страниц; ページビュー; ページビュー数
页面浏览量; 浏览量; 網頁瀏覽量; 瀏覽量; 페이지뷰; Sayfa görüntüleme; Sidvisningar; Sidevisninger
Sivun katselut
"""
# Titles of `VIEWS` that are impressions beside a column of clicks, as in Search Console's exports.
ALSO_IMPRESSIONS = """
Wyświetlenia; Visninger; Visningar; Näyttökerrat; Показвания; Pregledi; Προβολές
"""
CLICKS = """
clicks; Kliknięcia; Klikk; Klik; Klick; Klikkaukset; Кликвания; Klikovi; Κλικ
"""
# Titles of a count in tables made for forecasting.
ANY_COUNT = """
y; value; count; target; values; counts; metric value; measure values
Wert; Anzahl; Valeur; Quantité; Valor; Cantidad; Quantidade
Valore; Quantità; Waarde; Aantal; Wartość; Liczba; Значение; Количество; Значення; Кількість; Değer; Adet
Sayı; Värde; Antal; Verdi; Antall; Værdi; Arvo; Hodnota; Érték; Valoare; 値; 件数; 数量; 值; 数值; 數值; 값
개수; 수량; Nilai; Giá trị; จำนวน; القيمة; العدد; ערך; מספר
"""
# Titles of a column that says of each row what it counts.
METRIC_COLUMN = """
metric; metrics; metric name; measure; measures; measure names; kpi; indicator; statistic; Metrik; Kennzahl
Messwert; métrica; indicador; métrique; mesure; indicateur; metrica; misura; métrica; metriek; miara; wskaźnik
показатель; метрика; metrik; ölçüm; gösterge; 指標; 指标; 지표; mätvärde; måling; mittari
"""
DATE = """
date; day; ds; timestamp; datetime; date time; date + time; time; dates; days; date hour; datehour
event date; date hour (yyyymmddhh); date + hour (yyyymmddhh)
dt; dttm; Datum; Tag; Fecha; Día; Data; Dia; Jour; Giorno; Дата; День; Tarih; Gün; التاريخ
تاريخ; اليوم; תאריך; יום; تاریخ; روز; तारीख; दिनांक; दिन; তারিখ; দিন; தேதி; తేదీ; തീയതി; ದಿನಾಂಕ; તારીખ
ਮਿਤੀ; 日付; 日; 日時; 날짜; 일자; 일; 日期; 日期时间; 天; Tanggal; Hari; Tarikh; Ngày; วันที่; วัน
Petsa; Dato; Dag; Päivämäärä; Päiväys; Päivä; Dátum; Den; Deň; Nap; Dată; Ziua; Zi; Ημερομηνία; Ημέρα
Датум; Dan; Diena; Kuupäev; Päev; Datums; Dzień; Eguna; Dagsetning; თარიღი; Ամսաթիվ; Tarix; Күні; Tarehe
Dagur
"""
HOUR = """
hour; hours; hour of day; stunde; heure; hora; ora; uur; час; godzina; saat; 時; 時間; 시간; 小时; timme
time of day
"""
# The same, where the column has nothing but times of day.
TIME = """
time; Uhrzeit; Zeit; время; czas; tid; tijd; 時刻; 时间; 시각; saati; klokkeslett; klokkeslæt; kellonaika; čas
waktu; الوقت; שעה; ساعت; เวลา
"""
# Titles of the column of series names; the first in this list is chosen when there are several.
SERIES = """
series; unique id; item id; series id; ts id; series name; time series; video id; video; videos
external video id; content; content id; post id; post; item; asset; asset id; track; song; episode; page
page path; pagepath; page path and screen class; page location; landing page; page url; url; path; uri
article; slug; page title; pagetitle; page title and screen name; page title and screen class; screen
screen name; site; project; name; id; key; sku; product; query; keyword; playlist; playlist id; group
label; channel; channel id; channel name; account; repository; repo; Inhalt; Inhalte; Contenido
Contenidos; Contenu; Contenus; Contenuto; Contenuti; Conteúdo; Inhoud; Treści; Materiał; Контент; İçerik
コンテンツ; 콘텐츠; 内容; 內容; Konten; Kandungan; Nội dung; เนื้อหา; Innehåll; Innhold; Indhold
Sisältö; Obsah; Tartalom; Conținut; Вміст; المحتوى; תוכן; محتوا; सामग्री; কন্টেন্ট; Περιεχόμενο; Sadržaj
Садржај; Vsebina; Turinys; Saturs; Sisu; Contingut; Съдържание; Nilalaman; Seite; Página; Pagina; Strona
Страница; Сторінка; Sayfa; ページ; 페이지; 页面; 網頁; Sida; Side; Sivu; Stránka; Oldal; Σελίδα; Titre
video title; videotitle; title; Videotitel; Titel; Título del video; Título del vídeo; Título
Titre de la vidéo; Titolo del video; Titolo; Título do vídeo; Titel van video; Tytuł filmu; Tytuł
Название видео; Название; Назва відео; Video başlığı; Başlık; 動画のタイトル; タイトル; 동영상 제목
제목; 视频标题; 标题; 影片標題; 標題; Judul video; Judul; Tajuk video; Tiêu đề video; Tiêu đề
ชื่อวิดีโอ; عنوان الفيديو; عنوان; כותרת הסרטון; वीडियो का शीर्षक; शीर्षक; Videotittel; Videon nimi
Název videa; Název; Názov videa; Videó címe; Titlul videoclipului
"""
# Remarks, which may be any text.
REMARKS = """
note; notes; comment; remark; remarks; annotation; annotations; description; Notiz; Notizen; Kommentar
Bemerkung; nota; notas; remarque; remarques
"""
# Details of a video beside its id, and remarks: neither names nor parts of a day.
PARTICULARS = """
video publish time; publish time; published; publish date; duration; duration (sec); video duration
permalink; description; note; notes; comment; remark; remarks; annotation; annotations; event; weekday
day of week; dayofweek; day name; month; week; year; quarter; Notiz; Kommentar; Bemerkung; Wochentag
Monat; Woche; Jahr; Feiertag; nota; mes; semana; jour de la semaine; remarque; is holiday; holiday
is weekend; weekend; index; #; row; row number; nr; no; rank; position; currency
Veröffentlichungszeitpunkt des Videos; Dauer; Duración; Durée; Durata; Duração; Duur; Длительность; Süre
動画の長さ; 长度; 동영상 길이; Fecha y hora de publicación del video; Heure de publication de la vidéo
Data pubblicazione video; Horário de publicação do vídeo; 動画公開時刻
"""
# Words of other counts and measures: a title with one of these words is a metric, never a series.
METRICS = """
click clicks impression impressions like likes dislike dislikes share shares comment comments subscriber
subscribers follower followers follow follows visitor visitors visit visits user users session sessions
play plays stream streams listener listeners reach save saves download downloads install installs hit
hits action actions engagement engagements engaged interaction interactions reaction reactions viewer
viewers view views pageviews ctr position rate percent percentage ratio average avg mean median revenue
rpm cpm cpc cost spend sales orders conversions events watch bounce bounces hypes uniques unique active
new returning retweets replies quotes favorites bookmarks pins taps swipes opens deliveries members
minutes hours seconds duration change difference delta score profile messages signups chatters bits
klicks klick impressionen besucher besuche nutzer sitzungen zugriffe gefällt kommentare abonnenten
wiedergaben hörer reichweite anteil änderung veränderung wiedergabezeit umsatz clics impresiones
usuarios visitantes visitas sesiones seguidores suscriptores comentarios compartidos oyentes alcance
cambio utilisateurs visiteurs visites abonnés commentaires partages écoutes auditeurs portée j'aime clic
impressioni utenti visitatori visite sessioni iscritti commenti condivisioni ascolti ascoltatori
copertura cliques impressões usuários utilizadores sessões inscritos comentários compartilhamentos
ouvintes klikken vertoningen gebruikers bezoekers bezoeken sessies volgers abonnees reacties luisteraars
bereik kliknięcia wyświetleń użytkownicy odwiedziny sesje obserwujący komentarze udostępnienia клики
показы пользователи посетители посещения визиты сеансы подписчики комментарии лайки охват прослушивания
кліки покази користувачі відвідувачі підписники коментарі tıklama tıklamalar gösterimler kullanıcılar
ziyaretçiler oturumlar takipçiler abone yorumlar beğeni klik visningar klickningar användare besökare
sessioner prenumeranter kommentarer gillanden requests bandwidth bytes traffic transfer threats errors
transactions purchases leads starts completions retention loads finishes posts tweets reposts
unfollows blocks reports reads opened sent
delivered unsubscribes conversion
"""
# The same for scripts without spaces between words, and for some inflected languages.
METRIC_PARTS = """
クリック 表示回数 インプレッション 再生 いいね 高評価 保存 共有 シェア コメント フォロワー 登録者 訪問
ユーザー セッション 视聴者 収益 点击 展示 展现 曝光 点赞 點擊 按讚 評論 评论 分享 收藏 转发 轉發 粉丝
粉絲 播放 访客 訪客 用户 会话 订阅 訂閱 클릭 노출 좋아요 댓글 공유 저장 팔로워 구독자 재생 방문 사용자
세션 수익 คลิก การแสดงผล ผู้ติดตาม ถูกใจ ความคิดเห็น แชร์ क्लिक पसंद टिप्पणी टिप्पणि शेयर نقرات ظهور
إعجاب تعليق مشارك متابع קליקים חשיפות לייק תגובות שיתופים Lượt Bình luận Suka Komentar Dibagikan
Pengikut Tayangan
"""
# Titles that say that a row is a period longer than a day.
PERIODS = {
    "week": """
week; iso week; year week; yearweek; week of year; iso week of iso year; week starting; week beginning
week ending; Woche; Kalenderwoche; KW; semaine; semana; settimana; tydzień; неделя; hafta; 週; 周; 주; vecka
uge; uke; viikko; týden; hét""",
    "month": """
month; year month; yearmonth; month of year; Monat; mois; mes; mese; mês; maand; miesiąc; месяц; ay; 月; 월
månad; måned; kuukausi; měsíc; hónap""",
    "quarter": "quarter; Quartal; trimestre; kwartaal; kwartał; квартал; 四半期; 季度; 분기",
    "year": "year; Jahr; année; año; anno; ano; jaar; rok; год; yıl; 年; 年度; 년",
}
# Parts of titles of publication dates: days without views yet, or unrelated to views.
PUBLICATION_PARTS = """
publi publish posted upload created creation updated modified released release veröffentlich erstellt
hochgeladen yayın опубл создан загруз 公開 投稿日 发布 發佈 發布 上传 게시 업로드 opublik julkais gepubliceerd
pubblica xuất เผยแพร่ نشر פרסום प्रकाश terbit δημοσ közzé zveřejn
"""
TOTAL = """
total; totals; grand total; sum; overall; summary; all; subtotal; average; mean; avg; all days; Gesamt
Gesamtsumme; Gesamtwert; Summe; Insgesamt; Durchschnitt; Total general; Suma; Suma total; Promedio
Total général; Ensemble; Somme; Moyenne; Totale; Totale complessivo; Somma; Total geral; Soma; Totaal
Eindtotaal; Suma końcowa; Razem; Łącznie; Итого; Всего; Итог; Общий итог; Сумма; Усього; Разом; Загалом
Toplam; Genel toplam; الإجمالي; المجموع; إجمالي; סה"כ; סך הכול; מجموع; مجموع; جمع کل; कुल; योग; মোট
மொத்தம்; మొత్తం; 合計; 総計; 総合計; 计; 总计; 合计; 总和; 總計; 總和; 합계; 총계; 총합계; 전체; Jumlah
Total keseluruhan; Jumlah keseluruhan; Tổng; Tổng cộng; Tổng số; รวม; ยอดรวม; ทั้งหมด; Totalt; Summa
Gesamtergebnis; Endsumme; Итого за период; Σ; Ʃ; ∑
Sum totalt; Totalsum; I alt; Yhteensä; Celkem; Celkový součet; Spolu; Celkom; Összesen; Végösszeg; Общо
Σύνολο; Γενικό σύνολο; Ukupno; Укупно; Skupaj; Iš viso; Kopā; Kokku; Kabuuan; Kabuoan; Guztira; Samtals
Cəmi; Jami; Barlığı
"""
# Other texts that stand in the date column of a row that is not a day.
STATISTICS = """
max; maximum; min; minimum; median; count; std; std dev; stdev; standard deviation; Mittelwert; Mediana
Anzahl; Médiane; Máximo; Mínimo; Massimo; Minimo; 最大; 最小; 平均; 中央値; 最大值; 最小值; 平均值; 중앙값
"""
YES = """
true; yes; y; t; ja; oui; sí; si; sim; wahr; vrai; verdadero; да; はい; 是
"""
NO = """
false; no; n; f; nein; non; não; falsch; faux; falso; нет; いいえ; 否
"""


@cache
def key(title: str) -> str:
    """Normalise a title for comparison: without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    return " ".join(re.sub(r"[\s_\-./:*\"'’`´\u05f3\u05f4\u200b-\u200f\ufeff]+", " ", plain).split())


@cache
def words(table: str) -> dict[str, int]:
    """Map the titles of a table, by `key`, to their position in it."""
    ranks: dict[str, int] = {}
    for title in table.replace("\n", ";").split(";"):
        if title.strip():
            ranks.setdefault(key(title), len(ranks))
    return ranks


@cache
def periods() -> dict[str, str]:
    """Map the titles of periods longer than a day, by `key`, to the period."""
    return {title: period for period, table in PERIODS.items() for title in words(table)}


@cache
def metric_words() -> frozenset[str]:
    """The single words of `METRICS`, by `key`."""
    return frozenset(key(word) for word in METRICS.split())


def is_metric(title: str) -> bool:
    """Whether a title is a count or a measure: "Average viewers", "Watch time (hours)", "CTR"."""
    plain = key(re.sub(r"\(.*?\)", " ", title))
    tokens = plain.split()
    if plain in words(VIEWS) or plain in words(PAGE_VIEWS) or title.rstrip().endswith(("%", "(%)")):
        return True
    if re.search(r"\((?:hours|minutes|seconds|%|[a-z]{3})\)", title.casefold()):
        return True
    if any(part in title for part in METRIC_PARTS.split()):
        return True
    return 0 < len(tokens) <= 6 and not metric_words().isdisjoint(tokens)


def is_ratio(title: str) -> bool:
    """Whether a title is an average or a share, like "views per visit"."""
    return not {"per", "average", "avg", "mean", "median", "rate", "share"}.isdisjoint(key(title).split())


def is_total(text: str) -> bool:
    """Whether a text marks a total: "Total", "Gesamt", "合計"."""
    return len(text) <= 40 and key(text) in words(TOTAL)


def is_summary(text: str) -> bool:
    """Whether a text in the date column marks a summary row: "Totals for period", "Max"."""
    plain = key(re.sub(r"\(.*?\)", " ", text))
    is_named = plain in words(TOTAL) or plain in words(STATISTICS)
    return len(text) <= 40 and (is_named or not {"total", "totals", "итого"}.isdisjoint(plain.split()))


def is_publication(title: str) -> bool:
    """Whether a title is the date on which something was published, made or changed."""
    return any(part in key(title) for part in map(key, PUBLICATION_PARTS.split()))


def is_unnamed(title: str) -> bool:
    """Whether a column has no title: an empty one, or the one that pandas writes instead."""
    return (
        re.fullmatch(r"\s*(?:unnamed: ?\d+(?:_level_\d+)?|index|level_0)?\s*", title, re.IGNORECASE)
        is not None
    )
